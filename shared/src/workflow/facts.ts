/**
 * Facts are never refused (C1). One that names the attempt in hand moves the step; a repetition changes nothing; any other is kept
 * as a late result and applied to nothing (RES-6) — but when it tells that something was done after all, and the workflow is going
 * back, it is undone with the rest; and when the workflow has ended, a person is asked.
 *
 * Whoever reports on an attempt must be able to know of it: the agent to whom this very attempt was offered, or the maker of the
 * function's call. What anybody else says changes nothing.
 */

import { isRetryable } from '../policy/errors.ts'
import type { Json } from '../values/json.ts'
import { boundedText } from '../values/text.ts'
import { attemptMark, attemptOf, calleeOf, purposeOf } from './attempt.ts'
import { takeChildEnded } from './children.ts'
import type { AttemptName, Fact } from './command.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import type { Awaited, StepError } from './event.ts'
import { lateName } from './evolve.ts'
import { takeConflict } from './found-conflict.ts'
import { askAboutLateWork } from './late-work.ts'
import { nameNow } from './migrated.ts'
import { failAttempt, succeedStep } from './outcome.ts'
import { isGoingBack, stopReason } from './scope.ts'
import type { StepState } from './state.ts'
import { isTerminal } from './status.ts'
import { takeBarrierMet } from './sync.ts'

const LEASE_LOST = { code: 'lease-lost', message: 'nothing was heard from the agent within its lease', retryable: true }

/** An offer that was declined is made again after this pause. */
const DECLINED_PAUSE_MS = 250

type AttemptFact = Extract<Fact, AttemptName>

export const takeFact = (draft: Draft, fact: Fact): void => {
  switch (fact.type) {
    case 'signal':
      return takeSignal(draft, fact)
    case 'step-settled-elsewhere':
      return takeElsewhere(draft, fact)
    case 'child-ended':
      return takeChildEnded(draft, fact)
    case 'collision':
      return takeConflict(draft, fact.clash, fact.about)
    case 'barrier-met':
      return takeBarrierMet(draft, fact)
    case 'follow-up-started': {
      const wanted = draft.state.followUps.find((followUp) => followUp.key === fact.key)
      if (wanted !== undefined && wanted.workflow === undefined) draft.emit(fact)
      return
    }
    default:
      return takeAttemptFact(draft, fact)
  }
}

const takeAttemptFact = (draft: Draft, said: AttemptFact): void => {
  const fact = { ...said, ref: nameNow(draft.state.moves, said) }
  const step = draft.step(fact.ref)
  if (step === undefined || !canKnow(draft, step, fact)) return
  if (!isInHand(step, fact)) return takeLate(draft, step, fact)
  const atWork = step.phase !== 'ready' && step.status !== 'ready' && step.status !== 'waiting_for_resource'
  switch (fact.type) {
    case 'attempt-accepted':
      return accept(draft, step, fact)
    case 'attempt-succeeded':
      return succeed(draft, step, fact)
    case 'attempt-declined':
      return atWork ? decline(draft, step, fact) : undefined
    case 'attempt-failed':
      return atWork ? failAttempt(draft, fact.ref, errorOf(fact)) : undefined
    case 'lease-lost':
      return atWork ? failAttempt(draft, fact.ref, LEASE_LOST) : undefined
    case 'attempt-stopped':
      if (!atWork) return
      if (stopReason(draft.state, fact.ref, step) !== undefined) return draft.emit({ type: 'stopped', ref: fact.ref })
      return failAttempt(draft, fact.ref, { code: 'stopped-by-agent', message: 'the agent stopped', retryable: true })
  }
}

/** Waits and maps are nobody's attempt: a report on one is made up. */
const canKnow = (draft: Draft, step: StepState, fact: AttemptFact): boolean => {
  const work = attemptOf(draft.definition, step, fact.purpose)?.spec.work
  if (work?.type === 'task') return step.offered?.[attemptMark(fact)] === draft.by
  const callee = work && calleeOf(work)
  return callee !== undefined && 'function' in fact && fact.function === callee
}

const errorOf = ({ error }: Extract<AttemptFact, { type: 'attempt-failed' }>): StepError =>
  stepError(error.code, error.message, isRetryable(error.code, error.retryable))

/** The attempt this step waits for; or its last one while no other has begun, whose result still spares doing it again. */
const isInHand = (step: StepState, name: AttemptName): boolean =>
  step.attempt === name.attempt &&
  name.attempt > 0 &&
  purposeOf(step) === name.purpose &&
  (name.purpose === 'compensate' || !hasAnswered(step, name.attempt)) &&
  IN_HAND.has(step.status)

const hasAnswered = (step: StepState, attempt: number): boolean =>
  step.answered === attempt || step.answeredBefore?.includes(attempt) === true

const IN_HAND: ReadonlySet<StepState['status']> = new Set(['offered', 'running', 'ready', 'waiting_for_resource', 'compensating'])

const accept = (draft: Draft, step: StepState, { ref, attempt }: AttemptName): void => {
  if (step.status !== 'offered' && step.phase !== 'offered') return
  const work = attemptOf(draft.definition, step, purposeOf(step))
  if (work !== undefined) draft.emit({ type: 'running', ref, attempt, dueAt: draft.now.wall + work.spec.timeoutMs })
}

const decline = (draft: Draft, step: StepState, fact: Extract<AttemptFact, { type: 'attempt-declined' }>): void => {
  if (stopReason(draft.state, fact.ref, step) !== undefined) return draft.emit({ type: 'step-cancelled', ref: fact.ref })
  const { ref, attempt } = fact
  const reason = boundedText(fact.reason)
  // Whoever accepted can't decline any more: giving up what was begun is a failure.
  if (step.status === 'running' || step.phase === 'running')
    return failAttempt(draft, ref, { code: 'declined', message: reason, retryable: true })
  draft.emit({ type: 'declined', ref, attempt, reason, retryAt: draft.now.wall + DECLINED_PAUSE_MS })
}

const succeed = (draft: Draft, step: StepState, { ref, output }: Extract<AttemptFact, { type: 'attempt-succeeded' }>): void => {
  if (purposeOf(step) === 'compensate') draft.emit({ type: 'compensated', ref })
  else succeedStep(draft, ref, output)
}

const takeLate = (draft: Draft, step: StepState, fact: AttemptFact): void => {
  if (fact.type !== 'attempt-succeeded' && fact.type !== 'attempt-failed') return
  const { ref, attempt, purpose } = fact
  if (attempt < 1 || isRepeated(step, fact) || draft.state.late.includes(lateName(fact))) return
  const succeeded = fact.type === 'attempt-succeeded'
  const output: Json = fact.type === 'attempt-succeeded' ? fact.output : keptError(fact)
  draft.emit({ type: 'late-result', ref, attempt, purpose, succeeded, output })
  if (succeeded && purpose === 'forward' && isTerminal(draft.state.status)) askAboutLateWork(draft, step)
}

const keptError = (fact: Extract<AttemptFact, { type: 'attempt-failed' }>): Json => {
  const { code, message } = errorOf(fact)
  return { code, message }
}

/** Reports come at least once: this one is on record. */
const isRepeated = (step: StepState, fact: Extract<AttemptFact, { type: 'attempt-succeeded' | 'attempt-failed' }>): boolean => {
  if (fact.type === 'attempt-failed') return step.attempt === fact.attempt && step.error?.code === fact.error.code
  return fact.purpose === 'forward' ? hasAnswered(step, fact.attempt) : step.attempt === fact.attempt && step.status === 'compensated'
}

const takeSignal = (draft: Draft, { name, id, payload }: Extract<Fact, { type: 'signal' }>): void => {
  if (isTerminal(draft.state.status) || draft.state.signals.some((signal) => signal.id === id)) return
  draft.emit({ type: 'signalled', name, id, payload })
  const waiting = draft.state.steps.findIndex((step) => step.awaits?.kind === 'signal' && step.awaits.signal === name)
  if (waiting >= 0 && !isGoingBack(draft.state, waiting)) succeedStep(draft, waiting, payload)
}

const takeElsewhere = (draft: Draft, fact: Extract<Fact, { type: 'step-settled-elsewhere' }>): void => {
  draft.state.steps.forEach(({ awaits }, ref) => {
    if (isGoingBack(draft.state, ref) || !answers(awaits, fact)) return
    if (fact.succeeded) succeedStep(draft, ref, fact.output)
    else failAttempt(draft, ref, dependencyFailed(fact))
  })
}

const dependencyFailed = ({ workflow, step }: Extract<Fact, { type: 'step-settled-elsewhere' }>): StepError =>
  stepError('dependency-failed', `${step === undefined ? '' : `${step} of `}${workflow} will not succeed`)

const answers = (awaits: Awaited | undefined, { workflow, step }: Extract<Fact, { type: 'step-settled-elsewhere' }>): boolean => {
  if (awaits?.kind !== 'step' && awaits?.kind !== 'workflow') return false
  return awaits.workflow === workflow && (awaits.kind === 'step' ? awaits.step : undefined) === step
}
