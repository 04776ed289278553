/**
 * Whether a workflow can go on under another definition without losing anything (DEF-5). All reasons against it are given at once.
 *
 *   what is done, under way or waits needs a place, of the same kind of work; two steps can't share one
 *   what was done must stay undoable, if it was
 *   the stage it is in must be one of the other's lifecycle
 *   nobody may be at work: agents and functions know their attempt by its number
 */
import type { CompiledDefinition, CompiledStep } from '../definition/compiled.ts'
import { stepName } from './attempt.ts'
import type { Awaited } from './event.ts'
import type { StepState, WorkflowState } from './state.ts'

/** A child answers to the number of the step that waits for it, and at a barrier a step is known by its own. */
const CAN_MOVE: Readonly<Record<Awaited['kind'], boolean>> = {
  signal: true,
  time: true,
  step: true,
  workflow: true,
  approval: true,
  barrier: false,
  child: false,
}

/** @param places for each step of the present definition its number in the other, −1 for none */
export const reasonsAgainst = (
  from: CompiledDefinition,
  to: CompiledDefinition,
  state: WorkflowState,
  places: readonly number[],
): readonly string[] => {
  const input = to.checkInput(state.input).map((problem) => `the workflow's input does not fit: ${problem}`)
  const own = state.steps.flatMap((step, ref) => reasonsOf(from, to, step, step.parent === undefined ? (places[ref] ?? -1) : undefined))
  return [...input, ...shared(from, to, places), ...strandedIn(to, state), ...own]
}

const strandedIn = ({ lifecycle }: CompiledDefinition, { stage }: WorkflowState): readonly string[] =>
  stage === undefined || lifecycle?.stages.has(stage) === true
    ? []
    : [`it is in the stage ${stage}, which the other definition does not have`]

const shared = (from: CompiledDefinition, to: CompiledDefinition, places: readonly number[]): readonly string[] =>
  places.flatMap((place, ref) => {
    const first = places.indexOf(place)
    return place < 0 || first === ref
      ? []
      : [`${from.steps[first]?.id} and ${from.steps[ref]?.id} can't both become ${to.steps[place]?.id}`]
  })

/** @param place of a definition's own step; nothing for the item of a map, which goes where its map goes */
const reasonsOf = (from: CompiledDefinition, to: CompiledDefinition, step: StepState, place: number | undefined): readonly string[] => {
  const name = stepName(from, step)
  if (isAtWork(step)) return [`${name} is at work; pause the workflow and wait until it is not`]
  const [was, is] = [from.steps[step.spec], place === undefined ? undefined : to.steps[place]]
  if (place === undefined || was === undefined || step.status === 'pending' || step.status === 'skipped') return []
  if (is === undefined) return [`${name} is ${step.status.replaceAll('_', ' ')} and has no place in the other definition`]
  const reasons: string[] = []
  if (kindOf(was) !== kindOf(is)) reasons.push(`${name} is a ${kindOf(was)} and would become a ${kindOf(is)}`)
  if (step.awaits !== undefined && !CAN_MOVE[step.awaits.kind] && was.index !== is.index)
    reasons.push(`${name} waits for a ${step.awaits.kind} and can't change its place`)
  if (step.status === 'succeeded' && isUndoable(was) && !isUndoable(is)) reasons.push(`what ${name} did could not be undone any more`)
  return reasons
}

const isAtWork = ({ status, awaits, items }: StepState): boolean =>
  status === 'offered' ||
  status === 'validating' ||
  status === 'compensating' ||
  (status === 'running' && awaits === undefined && items === undefined)

/** `map of task`: what is inside counts too. */
const kindOf = ({ spec, each }: CompiledStep): string => (each === undefined ? spec.work.type : `map of ${each.spec.work.type}`)

const isUndoable = ({ compensation, each }: CompiledStep): boolean => compensation !== undefined || each?.compensation !== undefined
