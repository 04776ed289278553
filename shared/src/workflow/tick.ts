/** Time has passed: whatever timer is due fires. */
import { touchReady } from './arrive.ts'
import { isTimedByClock } from './attempt.ts'
import { tellDeadlines } from './deadlines.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import { failAttempt, failStep, succeedStep } from './outcome.ts'
import { isGoingBack } from './scope.ts'
import { runsSince, type StepState } from './state.ts'
import { isTerminal } from './status.ts'
import { proceedsAlone } from './sync.ts'
import { turnBack } from './turn-back.ts'
import { failWithoutInput } from './value-missing.ts'

const TIMEOUT = { code: 'timeout', message: 'the attempt took longer than its timeout', retryable: true }

export const tick = (draft: Draft): void => {
  const { now, state, definition } = draft
  const limitMs = definition.definition.timeoutMs
  if (limitMs !== undefined && state.startedAt !== undefined && !isTerminal(state.status) && runsSince(state) + limitMs <= now.wall) {
    turnBack(draft, 'failed', stepError('timeout', `the workflow took longer than ${limitMs} ms`))
  }
  state.steps.forEach((step, ref) => {
    if (isWaitOver(step, now.wall)) {
      if (!isGoingBack(draft.state, ref)) succeedStep(draft, ref, null)
    } else if (isTimedByClock(definition, step) && step.dueAt !== undefined && step.dueAt <= now.wall) {
      // A map isn't tried again while its items are still at work: it fails, and they are told to stop.
      if (proceedsAlone(draft, step) && !isGoingBack(draft.state, ref)) succeedStep(draft, ref, { complete: false })
      else if (step.items === undefined) failAttempt(draft, ref, TIMEOUT)
      else failStep(draft, ref, TIMEOUT)
    }
  })
  for (const ref of draft.state.steps.keys()) failWithoutInput(draft, ref)
  tellDeadlines(draft)
  touchReady(draft)
}

/** Of a wait's end and its timeout the earlier counts, also when nobody looked until both had passed. */
const isWaitOver = ({ awaits, dueAt }: StepState, wallNow: number): boolean =>
  awaits?.kind === 'time' && awaits.until <= wallNow && (dueAt === undefined || awaits.until <= dueAt)
