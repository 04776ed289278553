/** Runs one seed from beginning to end, and tells how it went. */
import { InvariantBroken, type Violation } from '@holdfast/shared/testing'
import { auditEnd } from './checks/end.ts'
import { watchImages } from './checks/images.ts'
import { NO_PLANT, type Plant } from './planted/plant.ts'
import { tidyUp } from './world/operators.ts'
import { stillOpen } from './world/quiet.ts'
import { World } from './world/world.ts'

const TIDY_MS = 20_000
const LOOK_MS = 2_000
const BUDGET_MS = 20 * 60_000

export interface SeedResult {
  readonly world: World
  readonly violation: (Violation & { readonly stack?: string }) | undefined
}

export interface RunOptions {
  readonly plant?: Plant
  readonly masked?: ReadonlySet<string>
  readonly linesPerNode?: number
}

export const runSeed = async (
  seed: number,
  { plant = NO_PLANT, masked = new Set(), linesPerNode = 200 }: RunOptions = {},
): Promise<SeedResult> => {
  const world = new World(seed, plant, masked, linesPerNode)
  const onRejection = (error: unknown): void => world.frame.kernel.fail(error)
  process.on('unhandledRejection', onRejection)
  try {
    await live(world)
    return { world, violation: undefined }
  } catch (error) {
    return { world, violation: violationOf(error) }
  } finally {
    process.off('unhandledRejection', onRejection)
  }
}

const live = async (world: World): Promise<void> => {
  const { kernel, setup } = world.frame
  watchImages(world)
  world.start()
  await kernel.run(setup.particulars.safetyMs)
  world.heal()
  const deadline = kernel.now + BUDGET_MS
  tidyUntil(world, deadline)
  while ((await stillOpen(world)).length > 0 && kernel.now < deadline) await kernel.run(kernel.now + LOOK_MS)
  const open = await stillOpen(world)
  if (open.length > 0) throw new InvariantBroken({ invariant: 'I12 I19 I20 all work ends after healing', details: open.slice(0, 10) })
  await auditEnd(world)
}

const tidyUntil = (world: World, deadline: number): void => {
  const { kernel } = world.frame
  const tidy = async (): Promise<void> => {
    await tidyUp(world.clients, world.hosts)
    if (kernel.now < deadline) kernel.at(TIDY_MS, 'operators tidy up', tidy)
  }
  kernel.at(TIDY_MS, 'operators tidy up', tidy)
}

const violationOf = (error: unknown): SeedResult['violation'] => {
  if (error instanceof InvariantBroken) return { invariant: error.invariant, details: error.details }
  if (error instanceof Error) return { invariant: 'nothing throws', details: error.message, stack: error.stack ?? '' }
  return { invariant: 'nothing throws', details: String(error) }
}
