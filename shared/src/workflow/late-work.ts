/** Work that turns out to have been done after the workflow had ended: a person is asked. */
import { attemptOf, stepName } from './attempt.ts'
import type { Draft } from './draft.ts'
import type { StepState } from './state.ts'

export const askAboutLateWork = (draft: Draft, step: StepState): void => {
  const name = stepName(draft.definition, step)
  if (step.status === 'succeeded' || attemptOf(draft.definition, step, 'compensate') === undefined) return
  draft.emit({
    type: 'conflict',
    kind: 'data',
    rule: 'late-work-after-end',
    parties: [`step ${name}, reported done late`, `workflow, ended ${draft.state.status}`],
    options: ['keep', 'compensate', 'ask'],
    choice: 'ask',
    explanation: `${name} was done after the workflow had ended ${draft.state.status}; somebody must decide whether to undo it by hand.`,
  })
}
