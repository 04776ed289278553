/**
 * Approval steps (GOV-1, EX-14): a step that waits until so many people have said yes. Each has one voice; the first who says no decides it.
 */
import type { ApprovalWork } from '../definition/definition.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { specOf } from './attempt.ts'
import type { Approval } from './command.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import type { Awaited } from './event.ts'
import { stepNamed } from './naming.ts'
import { failStep, succeedStep } from './outcome.ts'
import type { StepState, Voice } from './state.ts'

export type ApprovalAwaited = Extract<Awaited, { kind: 'approval' }>

export const approvalAwaited = ({ queue, needed, role }: ApprovalWork): ApprovalAwaited => ({
  kind: 'approval',
  queue,
  needed,
  ...(role === undefined ? {} : { role }),
})

export const approve = (draft: Draft, { step: name, approved, comment, roles }: Approval): Refusal | undefined => {
  const found = stepNamed(draft.definition, draft.state, name)
  if (!found.ok) return found.error
  const { ref, step } = found.value
  const { awaits } = step
  if (awaits?.kind !== 'approval') {
    return refusal('give-up', 'no-approval-wanted', `${name} does not wait for anybody's approval: it is ${step.status}.`)
  }
  if (awaits.role !== undefined && !roles.includes(awaits.role)) {
    return refusal('ask-person', 'role-required', `${name} is approved by whoever is ${awaits.role}, and nobody else.`)
  }
  const earlier = step.voices?.find(({ by }) => by === draft.by)
  if (earlier !== undefined) return earlier.approved === approved ? undefined : ANSWERED
  draft.emit({ type: 'approval-given', ref, approved, comment })
  count(draft, ref, awaits.needed)
}

const ANSWERED = refusal('give-up', 'already-answered', 'You have answered before, and otherwise; everybody has one voice.')

const count = (draft: Draft, ref: number, needed: number): void => {
  const step = draft.step(ref)
  const voices = step?.voices ?? []
  const rejected = voices.find(({ approved }) => !approved)
  if (step === undefined || (rejected === undefined && voices.length < needed)) return
  if (rejected === undefined || goesOn(draft, step)) return succeedStep(draft, ref, outcomeOf(voices, rejected === undefined))
  const why = rejected.comment === '' ? '' : `: ${rejected.comment}`
  failStep(draft, ref, stepError('rejected', `${rejected.by} rejected it${why}`))
}

const goesOn = (draft: Draft, step: StepState): boolean => {
  const { work } = specOf(draft.definition, step).spec
  return work.type === 'approval' && work.onReject === 'continue'
}

const outcomeOf = (voices: readonly Voice[], approved: boolean) => ({
  approved,
  by: voices.map(({ by }) => by),
  comments: voices.flatMap(({ comment }) => (comment === '' ? [] : [comment])),
})
