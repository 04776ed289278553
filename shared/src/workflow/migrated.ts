/**
 * What moving to another definition makes of a state, for `evolve`. Every step takes the place it has there, with all it went through; a
 * map's items stay behind the steps. The world may still speak of attempts by their old names, so
 *
 *   - attempts go on being numbered above all that had the same place before: no name is given twice;
 *   - the state remembers each move, and reads an old name as what it stands for now (`nameNow`).
 */
import { pendingStep } from './birth.ts'
import type { AttemptName } from './command.ts'
import type { EventOf } from './event.ts'
import { LinkSet } from './link-set.ts'
import type { Move, StepState, WorkflowState, Writable } from './state.ts'
import { isSettled } from './status.ts'

export const migrateState = (next: Writable<WorkflowState>, event: EventOf<'migrated'>, at: number): void => {
  const { definition, name, version, places, steps: count } = event
  const before = next.steps
  const placed = before.map((_, ref) => (ref < places.length ? (places[ref] ?? -1) : ref - places.length + count))
  const highest = before.map(highestAttempt)
  const after = Array.from({ length: count + Math.max(0, before.length - places.length) }, (_, ref) => pendingStep(ref, at, next.length))
  before.forEach((step, ref) => {
    const place = placed[ref] ?? -1
    if (place >= 0 && place < after.length) after[place] = atPlace(step, place, placed)
  })
  next.steps = after.map((step, ref) => (placed[ref] === ref ? step : numberedAbove(step, highest[ref] ?? 0)))
  next.sent = LinkSet.EMPTY.with(event.sent)
  next.open = after.filter(({ status }) => !isSettled(status)).length
  next.late = next.late.flatMap((late) => renamedLate(late, placed))
  next.children = next.children.map((child) => ({ ...child, step: placed[child.step] ?? -1 }))
  next.moves = [...next.moves, { placed, highest }]
  Object.assign(next, { definition, name, version })
}

const highestAttempt = ({ attempt, lastForward = 0, lastUndo = 0 }: StepState): number => Math.max(attempt, lastForward, lastUndo)

const atPlace = (step: StepState, place: number, placed: readonly number[]): StepState => {
  const { items, parent } = step
  const spec = parent === undefined ? place : (placed[step.spec] ?? -1)
  const first = items === undefined ? undefined : (placed[items.first] ?? items.first)
  return {
    ...step,
    spec,
    parent: parent === undefined ? undefined : placed[parent],
    items: items === undefined || first === undefined ? undefined : { ...items, first },
  }
}

const numberedAbove = (step: StepState, highest: number): StepState => {
  if (highest === 0) return step
  return { ...step, attempt: Math.max(step.attempt, highest), lastUndo: Math.max(step.lastUndo ?? 0, highest) }
}

const renamedLate = (late: string, placed: readonly number[]): readonly string[] => {
  const dot = late.indexOf('.')
  const place = placed[Number(late.slice(0, dot))] ?? -1
  return place < 0 ? [] : [`${place}${late.slice(dot)}`]
}

/** The step that an attempt's name stands for now; −1 when that step has no place any more. */
export const nameNow = (moves: readonly Move[], { ref, attempt }: Pick<AttemptName, 'ref' | 'attempt'>): number => {
  let now = ref
  for (const { placed, highest } of moves) if (attempt <= (highest[now] ?? 0)) now = placed[now] ?? -1
  return now
}
