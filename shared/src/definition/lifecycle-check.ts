/**
 * Checks of a lifecycle as a statechart before its definition is registered (DEF-8), in time linear in states and transitions:
 *
 *   unknown-state  unknown-step  unknown-signal  unreachable-state  dead-end  nondeterministic  bad-transition
 */
import type { DefinitionProblem } from './definition.ts'
import { didYouMean } from './nearest.ts'
import { problem } from './problem.ts'
import type { Sketch } from './sketch.ts'
import type { SketchedLifecycle, SketchedTransition } from './sketch-lifecycle.ts'
import type { Placed } from './sketch-parts.ts'

export const checkLifecycle = (sketch: Sketch): readonly DefinitionProblem[] => {
  const { lifecycle } = sketch
  if (lifecycle === undefined) return []
  return [
    ...unknownStates(lifecycle),
    ...unknownCauses(sketch, lifecycle),
    ...unreachable(lifecycle),
    ...deadEnds(lifecycle),
    ...badTransitions(lifecycle),
    ...nondeterminism(lifecycle),
  ]
}

const namesOf = ({ states }: SketchedLifecycle): ReadonlySet<string> => new Set(states.map(({ name }) => name))

const unknown = (code: string, kind: string, { path, text }: Placed, known: Iterable<string>): DefinitionProblem =>
  problem(code, path, `there is no ${kind} "${text}"${didYouMean(text, known)}`)

const unknownStates = (lifecycle: SketchedLifecycle): readonly DefinitionProblem[] => {
  const known = namesOf(lifecycle)
  const named = [
    ...(lifecycle.initial === undefined ? [] : [lifecycle.initial]),
    ...lifecycle.transitions.flatMap(({ from, to }) => [from, to]),
  ]
  return named.filter(({ text }) => !known.has(text)).map((place) => unknown('unknown-state', 'state', place, known))
}

/** A signal that no step waits for is most likely another's name, mistyped: nothing else would ever tell. What comes from outside only is a decision. */
const unknownCauses = ({ numberOf, signals }: Sketch, { transitions }: SketchedLifecycle): readonly DefinitionProblem[] =>
  transitions.flatMap(({ step, signal }) => [
    ...(step === undefined || numberOf.has(step.text) ? [] : [unknown('unknown-step', 'step', step, numberOf.keys())]),
    ...(signal === undefined || signals.has(signal.text)
      ? []
      : [unknown('unknown-signal', 'step that waits for the signal', signal, signals)]),
  ])

const unreachable = (lifecycle: SketchedLifecycle): readonly DefinitionProblem[] => {
  const { initial, states, transitions } = lifecycle
  if (initial === undefined || !namesOf(lifecycle).has(initial.text)) return []
  const ways = Map.groupBy(transitions, ({ from }) => from.text)
  const reached = new Set([initial.text])
  for (const state of reached) for (const { to } of ways.get(state) ?? []) reached.add(to.text)
  return states
    .filter(({ name }) => !reached.has(name))
    .map(({ name }) => problem('unreachable-state', `lifecycle.states.${name}`, `nothing leads from "${initial.text}" to "${name}"`))
}

const deadEnds = ({ states, transitions }: SketchedLifecycle): readonly DefinitionProblem[] => {
  const left = new Set(transitions.filter(({ from, to }) => from.text !== to.text).map(({ from }) => from.text))
  return states
    .filter(({ name, final }) => !final && !left.has(name))
    .map(({ name }) => problem('dead-end', `lifecycle.states.${name}`, `nothing leads out of "${name}"; if that is meant, make it final`))
}

const badTransitions = ({ states, transitions }: SketchedLifecycle): readonly DefinitionProblem[] => {
  const final = new Set(states.flatMap((state) => (state.final ? state.name : [])))
  const why = ({ from, to }: SketchedTransition): string | undefined => {
    if (final.has(from.text)) return `"${from.text}" is final and is never left`
    return from.text === to.text ? `leads from "${from.text}" to itself` : undefined
  }
  return transitions.flatMap((transition) => {
    const reason = why(transition)
    return reason === undefined ? [] : [problem('bad-transition', transition.path, reason)]
  })
}

const nondeterminism = ({ transitions }: SketchedLifecycle): readonly DefinitionProblem[] => {
  const seen = new Map<string, string>()
  return transitions.flatMap(({ path, from, occasion }) => {
    const known = JSON.stringify([from.text, occasion])
    const first = seen.get(known)
    seen.set(known, first ?? path)
    return first === undefined ? [] : [problem('nondeterministic', `${path}.on`, `${first} leads on from "${from.text}" on the same thing`)]
  })
}
