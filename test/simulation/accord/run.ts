/**
 * Runs one seed of the world of authority and policies, and holds what clients saw against the models.
 *
 *   C2   at no moment may two gateways decide                 (world.ts, after every event)
 *   I14  what was decided and read under strong is linearizable
 *   I15  no bounded read missed what was older than its bound
 *   I1   what was answered `decided` under strong is in the log at the end
 *   I7   all three hold the same log at the end
 */
import type { CompiledDefinition } from '@holdfast/shared/definition'
import {
  assertInvariant,
  assertNone,
  InvariantBroken,
  linearizability,
  type Model,
  type Operation,
  staleReads,
  type Violation,
} from '@holdfast/shared/testing'
import type { Json } from '@holdfast/shared/values'
import { namesIn } from './clients.ts'
import { type AccordPlant, BOUNDED, GATEWAYS, HUB, MAX_LAG_MS, SOUND, STRONG, workflowOf } from './frame.ts'
import { AccordWorld, SAFETY_MS } from './world.ts'

const BUDGET_MS = 10 * 60_000
const LOOK_MS = 2_000
const LOOKS = 3_000
/** Clocks drift, and a probe is dated in whole milliseconds. */
const GRACE_MS = 20

export interface AccordResult {
  readonly world: AccordWorld
  readonly violation: Violation | undefined
}

export const runAccord = async (seed: number, plant: AccordPlant = SOUND): Promise<AccordResult> => {
  const world = new AccordWorld(seed, plant)
  const onRejection = (error: unknown): void => world.frame.kernel.fail(error)
  process.on('unhandledRejection', onRejection)
  try {
    await live(world)
    return { world, violation: undefined }
  } catch (error) {
    if (error instanceof InvariantBroken) return { world, violation: error }
    throw error
  } finally {
    process.off('unhandledRejection', onRejection)
  }
}

const live = async (world: AccordWorld): Promise<void> => {
  const { kernel } = world.frame
  world.start()
  await kernel.run(SAFETY_MS)
  world.heal()
  const deadline = kernel.now + BUDGET_MS
  let quiet = await isQuiet(world)
  while (!quiet && kernel.now < deadline) {
    await kernel.run(kernel.now + LOOK_MS)
    quiet = await isQuiet(world)
  }
  assertInvariant('I12 all agree after healing', quiet, () => standing(world))
  void world.clients.read('strong', HUB)
  await kernel.run(kernel.now + LOOK_MS)
  await auditStrong(world)
  await auditBounded(world)
}

const standing = (world: AccordWorld): Json => ({
  epoch: world.epoch,
  deciders: [...world.deciders],
  gateways: GATEWAYS.map((node) => {
    const running = world.gateways[node].awake
    const { state, pending } = running?.uplink.status ?? {}
    return { node, holds: running?.keeper.holder.holding ?? false, state: state ?? 'down', pending: pending ?? 0 }
  }),
})

/** Somebody decides, nothing is on its way, and all hold the same. */
const isQuiet = async (world: AccordWorld): Promise<boolean> => {
  const lines = GATEWAYS.map((node) => world.gateways[node].awake?.uplink.status)
  if (world.deciders.length !== 1 || lines.some((line) => line?.state !== 'live' || line.pending > 0)) return false
  for (const definition of [STRONG, BOUNDED]) {
    const hub = await logAt(world, HUB, definition)
    const others = [await logAt(world, GATEWAYS[0], definition), await logAt(world, GATEWAYS[1], definition)]
    if (hub.length === 0 || others.some((other) => `${other}` !== `${hub}`)) return false
  }
  return true
}

const logAt = async (world: AccordWorld, node: string, definition: CompiledDefinition): Promise<readonly string[]> => {
  const unit = await settled(world, world.machine(node).awake?.engine.read(workflowOf(definition)))
  return unit?.ok && unit.value?.state !== undefined ? [unit.value.headHex, ...namesIn(unit.value.entries())] : []
}

/** What a node is asked may have to wait for its turn to end, and that takes virtual time. */
const settled = async <T>({ frame: { kernel } }: AccordWorld, asked: Promise<T> | undefined): Promise<T | undefined> => {
  let answer: T | undefined
  asked?.then(
    (value) => {
      answer = value
    },
    (error: unknown) => kernel.fail(error),
  )
  for (let look = 0; asked !== undefined && answer === undefined && look < LOOKS; look += 1) await kernel.run(kernel.now + 1)
  return answer
}

type Call = { readonly write: string } | 'read'

/**
 * The decisions made so far, in order. The last read comes after everything and shows all there are, so no other order than the one it
 * shows can be right: how many of them are made is all there is to know.
 */
const decisionsOf = (final: readonly string[]): Model<number, Call, readonly string[]> => ({
  initial: 0,
  keyOf: (made) => `${made}`,
  step: (made, call, answer) => {
    if (call !== 'read') return final[made] === call.write ? made + 1 : undefined
    return answer === undefined || `${answer}` === `${final.slice(0, made)}` ? made : undefined
  },
})

const auditStrong = async (world: AccordWorld): Promise<void> => {
  const [, ...final] = await logAt(world, HUB, STRONG)
  const { writes, reads } = world.clients
  const shown = new Set([...final, ...reads.strong.flatMap((read) => read.shown)])
  for (const { name, answeredAt } of writes.strong)
    assertInvariant('I1 what was decided under strong is kept', answeredAt === undefined || final.includes(name), () => ({ name }))
  const operations: Operation<Call, readonly string[]>[] = [
    // Whoever got no answer may have been heard; what nobody ever saw was not.
    ...writes.strong.flatMap(({ name, client, calledAt, answeredAt }) =>
      answeredAt === undefined && !shown.has(name)
        ? []
        : [{ client, calledAt, call: { write: name }, answered: answeredAt === undefined ? undefined : { at: answeredAt, answer: [] } }],
    ),
    ...reads.strong.map(({ client, calledAt, answeredAt, shown: answer }) => ({
      client,
      calledAt,
      call: 'read' as const,
      answered: { at: answeredAt, answer },
    })),
  ]
  const found = linearizability(decisionsOf(final), operations)
  assertInvariant('I14 strong is linearizable', found.verdict === 'linearizable', () => ({
    verdict: found.verdict,
    ...(found.verdict === 'not-linearizable' ? { placed: found.placed, blocked: found.blocked.map((one) => JSON.stringify(one)) } : {}),
  }))
}

/** The bound is to the authority's log: what a former authority had not brought to the hub when its epoch ended is no part of that. */
const auditBounded = async (world: AccordWorld): Promise<void> => {
  const [, ...final] = await logAt(world, HUB, BOUNDED)
  for (const { client, calledAt, shown, epoch } of world.clients.reads.bounded) {
    const made = final.flatMap((name) => {
      const committed = world.committed.get(name)
      return committed?.epoch === epoch ? [{ name, at: committed.at }] : []
    })
    const seen = made.filter(({ name }) => shown.includes(name)).length
    const reads = [{ reader: client, startedAt: calledAt, shown: seen }]
    const commits = made.map(({ at }) => at)
    assertNone(staleReads(commits, reads, { maxMissing: Number.MAX_SAFE_INTEGER, maxLagMs: MAX_LAG_MS + GRACE_MS }))
  }
}
