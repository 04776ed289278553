/**
 * Drawing what is wanted of a workflow's steps. Most of them stand as they stood when it was drawn last; what was wanted of those is wanted
 * still, as the very same objects, so whoever carries it out sees at once what is new.
 */
import type { StepState, WorkflowState } from './state.ts'
import { type Place, type StepWants, wantsOfStep } from './step-wants.ts'

/** The wants of all steps, in their order. */
export type Drawing = (place: Place) => readonly StepWants[]

export const drawAnew: Drawing = (place) => place.state.steps.map((step, ref) => wantsOfStep(place, step, ref))

/** With fewer steps, to remember what was drawn costs more than to draw it anew. */
const WIDE = 48

/** Of one workflow: each time only what has changed since the last. The same as drawing anew, in every state. */
export const drawingOn = (wideFrom = WIDE): Drawing => {
  let last: { readonly place: Place; readonly wants: readonly StepWants[] } | undefined
  return (place) => {
    if (place.state.steps.length < wideFrom) return drawAnew(place)
    const wants = last !== undefined && isSamePlace(last.place, place) ? drawChanged(last.place, last.wants, place) : drawAnew(place)
    last = { place, wants }
    return wants
  }
}

const drawChanged = (before: Place, drawn: readonly StepWants[], place: Place): readonly StepWants[] => {
  const [old, now] = [before.state.steps, place.state.steps]
  if (old === now) return drawn
  return now.map((step, ref) => {
    const isSame = step === old[ref] && (step.parent === undefined || isSameForItems(old[step.parent], now[step.parent]))
    return (isSame ? drawn[ref] : undefined) ?? wantsOfStep(place, step, ref)
  })
}

const isSamePlace = (a: Place, b: Place): boolean =>
  a.definition === b.definition && a.workflow === b.workflow && a.gates === b.gates && isSameForSteps(a.state, b.state)

const isSameForSteps = (a: WorkflowState, b: WorkflowState): boolean =>
  a.status === b.status && a.turnedBack === b.turnedBack && a.priority === b.priority && a.input === b.input

/** A map counts its open items, and is another state with each that settles. */
const isSameForItems = (a: StepState | undefined, b: StepState | undefined): boolean =>
  a?.status === b?.status && a?.error === b?.error && a?.items?.first === b?.items?.first && a?.items?.count === b?.items?.count
