/** The whole workflow turns back, and will end so. */
import type { Draft } from './draft.ts'
import type { StepError } from './event.ts'
import { isEnding } from './scope.ts'
import { isTerminal } from './status.ts'

export const turnBack = (draft: Draft, outcome: 'failed' | 'cancelled', error: StepError, step?: number): void => {
  if (isEnding(draft.state) || isTerminal(draft.state.status)) return
  const compensate = outcome === 'cancelled' || draft.definition.definition.onFailure !== 'stop'
  draft.emit({ type: 'turned-back', outcome, error, compensate, ...(step === undefined ? {} : { step }) })
}
