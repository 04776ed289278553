/** Random definitions: links among earlier and later steps, every kind of work, mistakes in moderation. */
import fc from 'fast-check'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { randomLifecycle } from './random-lifecycle-support.ts'
import { randomApproval, randomPolicies, randomReview } from './random-policy-support.ts'
import { define } from './test-support.ts'

/** What there is only so much of, in every random world. */
export const CAPACITIES: { readonly [resource: string]: number } = { dock: 1, crane: 2 }

/** Seeded randomness, as the simulated world has it. */
export interface Dice {
  chance(probability: number): boolean
  between(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  shuffle<T>(list: readonly T[]): T[]
  heavyTail(low: number, high: number): number
}

export interface RandomWorkflow {
  readonly definition: CompiledDefinition
  readonly seed: number
  readonly dice: Dice
}

/** Mostly small, where most mistakes show and shrinking is quick; now and then as large as any. */
const sizes = (maxSteps: number): fc.Arbitrary<number> => {
  const upTo = (part: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: Math.max(1, Math.ceil(maxSteps / part)) })
  return fc.oneof({ weight: 6, arbitrary: upTo(10) }, { weight: 3, arbitrary: upTo(4) }, { weight: 1, arbitrary: upTo(1) })
}

/** Built from numbers that fast-check can shrink; everything else follows from them. */
export const randomWorkflow = (maxSteps: number, diceOf: (seed: string) => Dice): fc.Arbitrary<RandomWorkflow> =>
  fc
    .record({ size: sizes(maxSteps), seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }) })
    .map(({ size, seed }) => ({ definition: randomDefinition(diceOf(`definition ${seed}`), size), seed, dice: diceOf(`world ${seed}`) }))

export const randomDefinition = (random: Dice, size: number): CompiledDefinition => {
  const ids = Array.from({ length: size }, (_, number) => `s${number}`)
  const links = linksAmong(random, ids)
  const steps = Object.fromEntries(ids.map((id) => [id, randomStep(random, placeOf(id, links))]))
  const hasPorts = (id: string): boolean => steps[id]?.type === 'task' || steps[id]?.type === 'function'
  const ported = links.map((link) =>
    link.trigger === 'complete' && hasPorts(link.from) && hasPorts(link.to) && random.chance(0.3)
      ? { ...link, targetPort: `p_${link.from}` }
      : link,
  )
  const promised = random.chance(0.3) ? { sla: { atRiskMs: random.between(1, 5_000), breachMs: random.between(5_001, 60_000) } } : {}
  const limits = random.chance(0.3) ? { limits: { concurrency: random.between(1, 3) } } : {}
  const limit = random.chance(0.2) ? { timeoutMs: random.between(1_000, 600_000) } : {}
  const cancel = random.chance(0.3) ? { cancel: { pointOfNoReturn: random.pick(ids) } } : {}
  const undo = { type: random.pick(['task', 'function']), capability: 'undo', function: 'undo' }
  const { capability, type, function: called } = undo
  const how = type === 'task' ? { type, capability, leaseMs: 500 } : { type, function: called }
  const signals = ['go', 'stop'].filter((name) => Object.values(steps).some(({ on }) => JSON.stringify(on)?.includes(`"${name}"`)))
  const stages = random.chance(0.4) ? randomLifecycle(random, ids, signals) : {}
  return define({
    steps,
    links: ported,
    compensations: {
      undo: {
        ...how,
        ...randomNeeds(random),
        retry: randomRetry(random),
        timeoutMs: 2_000,
        input: { why: 'failure.code', said: 'output' },
      },
    },
    ...randomPolicies(random, ids),
    ...promised,
    ...limits,
    ...limit,
    ...cancel,
    ...stages,
  })
}

interface Link {
  readonly from: string
  readonly to: string
  readonly trigger: string
  readonly when?: string
}

/** From earlier steps to later ones, so there is no cycle; every step but the first has a way in or is an entry. */
const linksAmong = (random: Dice, ids: readonly string[]): readonly Link[] =>
  ids.flatMap((to, number) => {
    const sources = random.shuffle(ids.slice(Math.max(0, number - 6), number)).slice(0, random.between(0, 3))
    return sources.map((from): Link => {
      const trigger = random.pick(['complete', 'complete', 'complete', 'fail', 'all'])
      const when = random.chance(0.2)
        ? { when: random.chance(0.05) ? 'output.missing == 1' : random.pick(['output == null', 'input.n > 1', 'true']) }
        : {}
      return { from, to, trigger, ...when }
    })
  })

interface Place {
  readonly incoming: number
  /** Ways on after success. */
  readonly ways: number
}

const placeOf = (id: string, links: readonly Link[]): Place => ({
  incoming: links.filter(({ to }) => to === id).length,
  ways: links.filter(({ from, trigger }) => from === id && trigger !== 'fail').length,
})

const randomStep = (random: Dice, { incoming, ways }: Place): { readonly [key: string]: unknown } => {
  const join = incoming < 2 ? 'all' : random.pick(['all', 'any', random.between(1, incoming)])
  const undone = random.chance(0.5) ? { compensate: 'undo' } : {}
  const checked = random.chance(0.15) ? { validate: 'output == null || output != "bad"' } : {}
  const asked = { ...randomReview(random), ...(random.chance(0.1) ? { optional: true } : {}) }
  const promised = random.chance(0.2) ? { sla: { atRiskMs: random.between(1, 500), breachMs: random.between(501, 9_000) } } : {}
  const common = { join, retry: randomRetry(random), timeoutMs: random.between(2_000, 30_000), ...checked, ...asked, ...promised }
  const task = { type: 'task', capability: 'work', leaseMs: random.between(100, 2_000) }
  const onCancel = random.pick(['cancel', 'leave'])
  const onUndo = random.pick(['undo', 'leave'])
  const called = random.pick([
    { type: 'function', function: 'f' },
    { type: 'beep', with: { tone: 1 } },
  ])
  const limited = { ...randomNeeds(random), ...(random.chance(0.2) ? { breaker: { openMs: 2_000 } } : {}) }
  const inner = { ...random.pick([task, called]), ...limited, ...undone, ...randomReview(random) }
  const each = { ...inner, retry: randomRetry(random), timeoutMs: 3_000 }
  if (ways > 0 && random.chance(0.1)) return { join, type: 'choice' }
  if (random.chance(0.08)) return { join, ...randomApproval(random) }
  switch (random.between(0, 10)) {
    case 0:
      return { ...common, type: 'wait', on: { kind: 'time', delayMs: random.between(0, 5_000) } }
    case 1:
      return { ...common, type: 'wait', on: { kind: 'signal', signal: random.pick(['go', 'stop']) } }
    case 2:
      return {
        ...common,
        type: 'wait',
        on: { ...random.pick([{ kind: 'step', step: 'far' }, { kind: 'workflow' }]), facility: '"quay"', key: '"other"' },
      }
    case 3:
    case 4:
      return {
        ...common,
        ...doubted(random),
        type: 'map',
        over: random.chance(0.05) ? 'input.n' : random.pick(['input.list', 'input.list', '[]']),
        each,
      }
    case 10:
      return { ...common, type: 'sync', barrier: '"noon"', parties: 2, onTimeout: random.pick(['fail', 'proceed']) }
    case 5:
      return { ...common, ...undone, type: 'workflow', definition: 'other', onCancel, onUndo }
    case 6:
      return { ...common, ...limited, ...undone, ...called }
    default:
      return { ...common, ...limited, ...undone, ...task }
  }
}

/** A map that is now and then fanned out again, because what it gathered does not satisfy. */
const doubted = (random: Dice): object => (random.chance(0.3) ? { validate: 'size(output) == 0 || output[0] != "bad"' } : {})

const randomNeeds = (random: Dice): object => ({
  ...(random.chance(0.3) ? { needs: random.shuffle(Object.keys(CAPACITIES)).slice(0, random.between(1, 2)).map(needOf) } : {}),
  ...(random.chance(0.1) ? { rate: { perSecond: random.between(1, 9) } } : {}),
})

const needOf = (resource: string): object => ({ resource })

const randomRetry = (random: Dice): object => ({
  strategy: random.pick(['none', 'fixed', 'fixed', 'exponential']),
  maxAttempts: random.between(2, 5),
  initialDelayMs: random.between(0, 1_000),
  maxDelayMs: 2_000,
  jitter: random.chance(0.5),
})
