/**
 * What agents do in the story: how long it takes and whether it goes well, drawn from the seed, the order, the step and the attempt,
 * so two runs differ in who did what and when, and agree in what came of it.
 *
 *   spoiled   the goods of 1 order in 23 are found spoiled at inspection, whoever looks and however often: the order fails, is undone
 *   hiccup    1 attempt in 9 fails the first time and goes well the next
 *   doubt     1 inspection in 7 does not pass the first time
 */
import { sha256Hex } from '@holdfast/shared/values'

export type AgentKind = 'robot' | 'human' | 'ai'

/** Least and most milliseconds for each kind of work. */
const DURATIONS_MS: Readonly<Record<string, readonly [number, number]>> = {
  pick: [60, 260],
  'put-back': [40, 120],
  pack: [120, 420],
  unpack: [60, 160],
  inspect: [60, 240],
  ship: [120, 420],
  notify: [30, 90],
}
const OTHER_MS: readonly [number, number] = [60, 200]

export interface Piece {
  readonly seed: string
  readonly workflow: string
  readonly step: string
  readonly capability: string
  readonly attempt: number
}

export interface Fate {
  readonly durationMs: number
  readonly outcome: 'done' | 'hiccup' | 'doubt' | 'spoiled'
}

/** A number in [0, 1) that depends on the words alone. */
const fraction = (...words: readonly (string | number)[]): number => Number.parseInt(sha256Hex(words.join('/')).slice(0, 12), 16) / 2 ** 48

export const isSpoiled = (seed: string, workflow: string): boolean => fraction(seed, workflow, 'spoiled') < 1 / 23

export const fateOf = ({ seed, workflow, step, capability, attempt }: Piece): Fate => {
  const [least, most] = DURATIONS_MS[capability] ?? OTHER_MS
  const durationMs = Math.round(least + fraction(seed, workflow, step, attempt, 'duration') * (most - least))
  if (capability === 'inspect') {
    if (isSpoiled(seed, workflow)) return { durationMs, outcome: 'spoiled' }
    const doubts = attempt === 1 && fraction(seed, workflow, step, 'doubt') < 1 / 7
    return { durationMs, outcome: doubts ? 'doubt' : 'done' }
  }
  const hiccups = attempt === 1 && fraction(seed, workflow, step, 'hiccup') < 1 / 9
  return { durationMs, outcome: hiccups ? 'hiccup' : 'done' }
}
