/**
 * What decisions lead to. Each is first held against the table (SM-2), then against what the workflow is about; a decision that is
 * refused has changed nothing.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { approve } from './approval.ts'
import { touchReady } from './arrive.ts'
import type { Creation, Decision } from './command.ts'
import { discard } from './dead-letter.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import { DECISION_TABLE, legalDecisions } from './lifecycle.ts'
import { migrate } from './migrate.ts'
import { objection } from './objections.ts'
import { pastPointOfNoReturn } from './point-of-no-return.ts'
import { recover } from './recover.ts'
import { resolveConflict } from './resolve-conflict.ts'
import { retry, undoAll } from './retry.ts'
import { review } from './review.ts'
import { isEnding } from './scope.ts'
import { setConsistency } from './set-consistency.ts'
import { moveStage } from './stage.ts'
import { terminate } from './terminate.ts'
import { turnBack } from './turn-back.ts'

type Later = Exclude<Decision, Creation>

/** Carries it out, or gives the reason why not. */
export const carryOut = (draft: Draft, decision: Later): Refusal | undefined =>
  illegal(draft, decision) ?? goingBackAlready(draft, decision) ?? objection(draft, decision, draft.state.status) ?? take(draft, decision)

const illegal = ({ state: { status } }: Draft, { type }: Later): Refusal | undefined => {
  if (DECISION_TABLE[status][type] !== 'refused') return undefined
  const legal = legalDecisions(status)
  const instead = legal.length === 0 ? 'It has ended; nothing can change it.' : `It would take: ${legal.join(', ')}.`
  return refusal('fix-request', 'illegal-transition', `A workflow that is ${status} does not take ${type}. ${instead}`, {
    status,
    legal: [...legal],
  })
}

/** What would lead another way while the workflow goes back; the rest concerns steps, whichever way it goes. */
const OTHER_WAYS: ReadonlySet<string> = new Set(['pause', 'cancel', 'rollback', 'restore', 'recover', 'retry', 'checkpoint', 'migrate'])

/** One way back at a time; only one that leads to the end may take the place of one that doesn't. */
const goingBackAlready = ({ state }: Draft, { type }: Later): Refusal | undefined => {
  if (state.turnedBack === undefined || state.status !== 'active' || !OTHER_WAYS.has(type)) return undefined
  if (isEnding(state)) {
    return refusal('give-up', 'already-ending', `It is already going back and will end ${state.turnedBack.outcome}.`)
  }
  return type === 'cancel' ? undefined : refusal('retry-later', 'going-back', 'It is going back over some steps; then it goes on.')
}

const take = (draft: Draft, decision: Later): Refusal | undefined => {
  switch (decision.type) {
    case 'pause':
      draft.emit({ type: 'paused' })
      return undefined
    case 'resume':
      draft.emit({ type: 'resumed' })
      touchReady(draft)
      return undefined
    case 'cancel':
      return cancel(draft, decision.reason)
    case 'terminate':
      return terminate(draft, decision.reason)
    case 'set-priority':
      if (draft.state.priority !== decision.priority) draft.emit({ type: 'priority-set', priority: decision.priority })
      return undefined
    case 'set-consistency':
      return setConsistency(draft, decision.consistency)
    case 'rollback':
      return recover(draft, { ...decision, type: 'recover', strategy: 'rollback' })
    case 'restore':
      return recover(draft, { ...decision, type: 'recover', strategy: 'restore' })
    case 'recover':
      return recover(draft, decision)
    case 'retry':
      return retry(draft, decision.reason, decision.step)
    case 'undo':
      return undoAll(draft, decision.reason)
    case 'review':
      return review(draft, decision)
    case 'approve':
      return approve(draft, decision)
    case 'resolve':
      return resolveConflict(draft, decision, carryOut)
    case 'discard':
      return discard(draft, decision.step, decision.reason)
    case 'migrate':
      return migrate(draft, decision)
    case 'enter-stage':
      return moveStage(draft, decision)
    case 'checkpoint':
      draft.emit({ type: 'checkpointed', name: decision.name })
      return undefined
  }
}

const cancel = (draft: Draft, reason: string): Refusal | undefined => {
  const late = pastPointOfNoReturn(draft.definition, draft.state)
  if (late === undefined) turnBack(draft, 'cancelled', stepError('cancelled', reason))
  return late
}
