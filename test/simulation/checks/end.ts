/** What must hold when all is quiet: of every workflow, of every replica, and of what was done in the world. */
import type { Engine, Summary, Unit } from '@holdfast/shared/engine'
import { assertInvariant, collect, InvariantBroken } from '@holdfast/shared/testing'
import type { EngineHost } from '../world/engine-host.ts'
import { CLOUD, gatewayOf } from '../world/setup.ts'
import type { World } from '../world/world.ts'
import { sameState } from './canonical.ts'
import { auditEffects } from './effects.ts'
import { checkImage, holds, type Shelf } from './images.ts'
import { noteFaults } from './paths.ts'

export const auditEnd = async (world: World): Promise<void> => {
  const shelves = new Map<string, Shelf>()
  for (const host of world.hosts.values()) {
    const shelf: Shelf = new Map()
    shelves.set(host.name, shelf)
    await checkImage(world, host, shelf)
  }
  for (const { home, host } of world.gateways) {
    for (const { id, head } of await rowsAt(host.life?.engine)) {
      await auditWorkflow(world, host, id, shelves)
      world.frame.kernel.note(home, `ends with ${head}`)
    }
  }
  auditNames(world)
  await auditAcknowledged(world)
  auditEffects(world, new Map([...world.watch.followers].map(([id, { audit }]) => [id, audit])))
  noteFaults(world)
}

const rowsAt = async (engine: Engine | undefined): Promise<readonly Summary[]> => (engine === undefined ? [] : collect(engine.summaries()))

/** What the live engines show, what the disks hold, and what was followed commit by commit: all one. */
const auditWorkflow = async (world: World, host: EngineHost, id: string, shelves: ReadonlyMap<string, Shelf>): Promise<void> => {
  const live = await unitAt(host.life?.engine, id)
  const there = await unitAt(world.host(CLOUD).life?.engine, id)
  // Each node deletes in its own time, so one may have it still.
  if (live === 'gone' || there === 'gone') return
  const stored = shelves.get(host.name)?.get(id)?.unit
  if (stored === undefined) throw new InvariantBroken({ invariant: 'I18 what is stored replays', details: { id } })
  const followed = world.watch.followers.get(id)?.state
  assertInvariant('I18 replay is the live state', sameState(stored.state, live.state) && sameState(followed, live.state), () => ({ id }))
  assertInvariant('I7 replicas agree', sameState(there.state, live.state) && there.headHex === live.headHex, () => ({ id }))
  assertInvariant('I7 replicas hold the same', sameVector(live, there), () => ({ id }))
  world.frame.kernel.history.count(`ended ${live.state?.status}`)
}

const unitAt = async (engine: Engine | undefined, id: string): Promise<Unit | 'gone'> => {
  const unit = await engine?.read(id)
  if (unit?.ok === false && unit.error.code === 'gone') return 'gone'
  if (unit?.ok === true && unit.value !== undefined) return unit.value
  throw new InvariantBroken({
    invariant: 'I7 every replica has every workflow',
    details: { id, found: unit === undefined ? 'no engine' : unit.ok ? 'nothing' : unit.error.code },
  })
}

const sameVector = (one: Unit, other: Unit): boolean => `${one.replica.stateVector()}` === `${other.replica.stateVector()}`

/** Two acknowledged proposals never share a name: the second would be taken for a repetition of the first, and dropped. */
const auditNames = (world: World): void => {
  const names = new Set<string>()
  for (const { proposal, workflow, by } of world.frame.ledger.acknowledged) {
    if (proposal === undefined) continue
    const name = `${workflow} ${proposal.journal} ${proposal.n}`
    assertInvariant('D5 a proposal has a name of its own', !names.has(name), () => ({ name, by }))
    names.add(name)
  }
}

/** I1 and I24 at the end: whatever was acknowledged anywhere has reached its authority. */
const auditAcknowledged = async (world: World): Promise<void> => {
  const { acknowledged, erased } = world.frame.ledger
  for (const one of acknowledged) {
    if (erased.has(one.workflow)) continue
    const unit = await unitAt(world.host(gatewayOf(one.home)).life?.engine, one.workflow)
    assertInvariant('I1 I24 what was acknowledged has reached its authority', unit !== 'gone' && holds(unit, one), () => ({ ...one }))
  }
}
