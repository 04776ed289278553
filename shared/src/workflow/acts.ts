/**
 * What the engine does on behalf of `wanted`: it finds an agent, lets something begin, or says why it may not. An act that comes too late,
 * because what it was for has moved on, changes nothing.
 */
import { boundedText } from '../values/text.ts'
import { makeReady } from './arrive.ts'
import { attemptOf, purposeOf } from './attempt.ts'
import type { Act, AttemptName } from './command.ts'
import { isOpenConflict } from './conflicts-settled.ts'
import type { Draft } from './draft.ts'
import { takeConflict } from './found-conflict.ts'
import { failAttempt } from './outcome.ts'
import type { StepState } from './state.ts'

export const carryOutAct = (draft: Draft, act: Exclude<Act, { readonly type: 'tick' }>): void => {
  if (act.type === 'start') return startWorkflow(draft)
  if (act.type === 'conflict-over') return closeConflict(draft, act)
  if (act.type === 'conflict') return takeConflict(draft, act.clash, act.about)
  const step = draft.step(act.ref)
  if (step === undefined || !isWaitingFor(draft, step, act)) return
  const { ref, attempt } = act
  switch (act.type) {
    case 'offer':
      return draft.emit({ type: 'offered', ref, attempt, agent: act.agent })
    case 'begin': {
      const work = attemptOf(draft.definition, step, act.purpose)
      if (work !== undefined) draft.emit({ type: 'running', ref, attempt, dueAt: draft.now.wall + work.spec.timeoutMs })
      return
    }
    case 'await': {
      const shortage = act.shortage === undefined ? {} : { shortage: boundedText(act.shortage) }
      return draft.emit({ type: 'resource-awaited', ref, resource: act.resource, ...shortage })
    }
    case 'deny':
      return failAttempt(draft, ref, act.error)
  }
}

const closeConflict = (draft: Draft, { conflict, option, comment }: Extract<Act, { type: 'conflict-over' }>): void => {
  const known = draft.state.conflicts.find(({ id }) => id === conflict)
  if (known !== undefined && isOpenConflict(known))
    draft.emit({ type: 'conflict-settled', conflict, option, comment: boundedText(comment) })
}

/** It is this attempt that is to begin next, and nothing forbids it. */
const isWaitingFor = (draft: Draft, step: StepState, name: AttemptName): boolean => {
  const { status, turnedBack } = draft.state
  const waits = step.status === 'ready' || step.status === 'waiting_for_resource' || step.phase === 'ready'
  return (
    waits &&
    status === 'active' &&
    purposeOf(step) === name.purpose &&
    name.attempt === step.attempt + 1 &&
    // Nothing new begins while anything goes back.
    (name.purpose === 'compensate' || turnedBack === undefined)
  )
}

/** Its entry steps are ready from here on. */
export const startWorkflow = (draft: Draft): void => {
  if (draft.state.status !== 'pending') return
  draft.emit({ type: 'started' })
  for (const ref of draft.definition.entries) {
    const spec = draft.definition.steps[ref]
    if (spec !== undefined) makeReady(draft, ref, spec)
  }
}
