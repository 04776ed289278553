/** What people are asked about a step: what becomes of it, or whether it is approved. */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { stepName } from './attempt.ts'
import type { StepState } from './state.ts'
import type { WantedAnswer } from './want.ts'

export const isAsked = ({ review, awaits }: StepState): boolean => review !== undefined || awaits?.kind === 'approval'

export const answersOf = (definition: CompiledDefinition, step: StepState, ref: number): readonly WantedAnswer[] => {
  if (!isAsked(step)) return []
  const common = { ref, step: stepName(definition, step), since: step.since }
  if (step.review !== undefined) return [{ ...common, kind: 'review', queue: step.review.queue }]
  if (step.awaits?.kind !== 'approval') return []
  const { queue, needed, role } = step.awaits
  const given = (step.voices ?? []).map(({ by }) => by)
  return [{ ...common, kind: 'approval', queue, needed, given, ...(role === undefined ? {} : { role }) }]
}
