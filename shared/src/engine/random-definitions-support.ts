/**
 * Random definitions whose outcome does not depend on when things happen: joins wait for all, nothing times out, and whether a step's
 * work succeeds is written in its name. So two lives of one may be compared, whatever befell them on the way.
 *
 *   parallel   what fails is left behind, the rest goes on
 *   chain      one step after the other; what fails for good turns it back, and all that was done is undone
 *
 * A definition of one level may start children of the level below, whose maps and children nest within it.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { define, TASK } from './test-support.ts'

export type Shape = 'parallel' | 'chain'

/** Seeded randomness, as the simulated world has it. */
interface Dice {
  chance(probability: number): boolean
  between(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  shuffle<T>(list: readonly T[]): T[]
}

/** How often a step's work fails before it succeeds; `never` means that it does not. */
const FATES = ['ok', 'ok', 'ok', 'ok', 'once', 'twice', 'never'] as const

const FAILURES = { ok: 0, once: 1, twice: 2, never: Number.POSITIVE_INFINITY } as const

/** A map's item that fails for good ends the others, at whatever they were; that depends on the moment, so none does. */
export const failuresOf = (step: string): number => {
  const fate = FATES.find((each) => step.includes(`-${each}`)) ?? 'ok'
  return step.includes('/') ? Math.min(1, FAILURES[fate]) : FAILURES[fate]
}

const RETRY = { strategy: 'fixed', maxAttempts: 3, initialDelayMs: 100, maxDelayMs: 100, jitter: false } as const
const LONG = { timeoutMs: 36_000_000, retry: RETRY } as const
const HAND = { ...TASK, ...LONG, leaseMs: 3_600_000 } as const

const nameOf = (level: number): string => `level-${level}`

/** Of several levels, the deepest first; the last is the one to start. */
export const randomFamily = (random: Dice, shape: Shape, levels: number, maxSteps: number): readonly CompiledDefinition[] =>
  Array.from({ length: levels }, (_, level) => randomLevel(random, shape, level, random.between(1, level === 0 ? 5 : maxSteps)))

const randomLevel = (random: Dice, shape: Shape, level: number, size: number): CompiledDefinition => {
  const ids = Array.from({ length: size }, (_, n) => `${nameOf(level)}-${n}-${random.pick(FATES)}`)
  return define({
    name: nameOf(level),
    onFailure: shape === 'chain' ? 'compensate' : 'continue',
    steps: Object.fromEntries(ids.map((id) => [id, randomStep(random, level, id)])),
    links: ids.flatMap((to, index) => linksTo(random, shape, ids, to, index)),
    compensations: { undo: HAND },
    output: { of: `'${nameOf(level)}'` },
  })
}

const linksTo = (random: Dice, shape: Shape, ids: readonly string[], to: string, index: number): readonly object[] => {
  if (index === 0) return []
  if (shape === 'chain') return [{ from: ids[index - 1], to }]
  const sources = random.shuffle(ids.slice(Math.max(0, index - 6), index)).slice(0, random.between(0, 3))
  return sources.map((from) => {
    const when = random.chance(0.2) ? { when: random.pick(['output == null', 'input.n > 1', 'true']) } : {}
    return { from, to, trigger: random.pick(['complete', 'complete', 'complete', 'fail', 'all']), ...when }
  })
}

const randomStep = (random: Dice, level: number, id: string): object => {
  const undone = random.chance(0.6) ? { compensate: 'undo' } : {}
  switch (random.between(0, 7)) {
    case 0:
      return { type: 'wait', on: { kind: 'time', delayMs: random.between(0, 2_000) }, timeoutMs: 36_000_000 }
    case 1:
      return { ...LONG, ...undone, type: 'function', function: failuresOf(id) > 2 ? 'broken' : 'count' }
    case 2: {
      const each = random.chance(0.5) ? { ...HAND, ...undone } : { ...LONG, ...undone, type: 'function', function: 'count' }
      return { type: 'map', over: random.pick(['[1, 2, 3]', '[]', 'input.list']), each, timeoutMs: 36_000_000 }
    }
    case 3:
    case 4:
      return level === 0
        ? { ...HAND, ...undone }
        : { type: 'workflow', definition: nameOf(level - 1), timeoutMs: 36_000_000, retry: 'none' }
    default:
      return { ...HAND, ...undone }
  }
}
