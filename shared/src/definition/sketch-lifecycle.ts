/** What the checks of a lifecycle need of it, malformed parts left out. */
import type { Json, JsonObject } from '../values/json.ts'
import { members, objectOf, type Placed, placed, textAt, textOf } from './sketch-parts.ts'

export interface SketchedTransition {
  readonly path: string
  readonly from: Placed
  readonly to: Placed
  readonly step: Placed | undefined
  readonly signal: Placed | undefined
  /** Equal for transitions that lead on from one state on the same thing. */
  readonly occasion: string
}

export interface SketchedLifecycle {
  readonly initial: Placed | undefined
  readonly states: readonly { readonly name: string; readonly final: boolean }[]
  readonly transitions: readonly SketchedTransition[]
}

export const sketchLifecycle = (lifecycle: JsonObject): SketchedLifecycle => {
  const { transitions } = lifecycle
  return {
    initial: textAt('lifecycle', lifecycle, 'initial')[0],
    states: members(lifecycle.states).map(([name, state]) => ({ name, final: state.final === true })),
    transitions: Array.isArray(transitions)
      ? transitions.flatMap((each: Json, index) => transitionOf(`lifecycle.transitions.${index}`, objectOf(each)))
      : [],
  }
}

const transitionOf = (path: string, transition: JsonObject): readonly SketchedTransition[] => {
  const [from, to] = [...textAt(path, transition, 'from'), ...textAt(path, transition, 'to')]
  if (from === undefined || to === undefined) return []
  const on = objectOf(transition.on)
  const [step] = placed(`${path}.on.step`, on.step)
  const [signal] = placed(`${path}.on.signal`, on.signal)
  return [{ path, from, to, step, signal, occasion: occasionOf(transition.on, to.text) }]
}

/** A decision names where it leads to, so two of them from one state are two things. */
const occasionOf = (on: Json | undefined, to: string): string => {
  if (textOf(on) !== undefined) return JSON.stringify([on ?? null, to])
  const { step, is, signal } = objectOf(on)
  return JSON.stringify([step ?? null, is ?? null, signal ?? null])
}
