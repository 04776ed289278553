/** Random lifecycles that pass the checks: a tree of stages from the first, ways across it and back, and what nothing leads out of is final. */
import { STEP_STANDS } from '../definition/lifecycle.ts'
import type { Dice } from './random-definition-support.ts'

const OFTEN = ['ready', 'running', 'succeeded', 'succeeded', 'failed', 'skipped'] as const

interface Transition {
  readonly from: string
  readonly to: string
  readonly on: object | 'decision'
}

/** @param signals that some step waits for */
export const randomLifecycle = (random: Dice, steps: readonly string[], signals: readonly string[]): object => {
  const names = Array.from({ length: random.between(2, 6) }, (_, number) => `g${number}`)
  const tree = names
    .slice(1)
    .map((to, before) => ({ from: names[random.between(0, before)] ?? '', to, on: occasion(random, steps, signals) }))
  const across = Array.from({ length: random.between(0, 8) }, () => ({
    from: random.pick(names),
    to: random.pick(names),
    on: occasion(random, steps, signals),
  }))
  const transitions = [...distinctTree(tree), ...across.filter(({ from, to }) => from !== to)].filter(isFirst)
  const left = new Set(transitions.map(({ from }) => from))
  const states = Object.fromEntries(names.map((name) => [name, { final: !left.has(name) }]))
  return { lifecycle: { initial: 'g0', states, transitions } }
}

const occasion = (random: Dice, steps: readonly string[], signals: readonly string[]): Transition['on'] => {
  if (random.chance(0.2)) return 'decision'
  if (signals.length > 0 && random.chance(0.2)) return { signal: random.pick(signals) }
  return { step: random.pick(steps), is: random.pick([...OFTEN, ...STEP_STANDS]) }
}

const thing = ({ from, to, on }: Transition): string => JSON.stringify(on === 'decision' ? [from, to] : [from, on])

const isFirst = (transition: Transition, place: number, all: readonly Transition[]): boolean =>
  all.findIndex((other) => thing(other) === thing(transition)) === place

/** Every stage stays reachable: where two would lead on on the same thing, the second is a decision. */
const distinctTree = (tree: readonly Transition[]): readonly Transition[] =>
  tree.map((each, place) => (isFirst(each, place, tree) ? each : { ...each, on: 'decision' }))
