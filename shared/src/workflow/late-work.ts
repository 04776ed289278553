/** Work that turns out to have been done after the workflow had ended: a person is asked. */
import { attemptOf, stepName } from './attempt.ts'
import type { Draft } from './draft.ts'
import { ASK, noteConflict } from './note-conflict.ts'
import type { StepState } from './state.ts'

export const askAboutLateWork = (draft: Draft, step: StepState): void => {
  const name = stepName(draft.definition, step)
  if (step.status === 'succeeded' || attemptOf(draft.definition, step, 'compensate') === undefined) return
  const { status } = draft.state
  const clash = {
    kind: 'data',
    rule: 'late-work-after-end',
    version: 1,
    parties: [`step ${name}, reported done late`, `workflow, ended ${status}`],
    inputs: { step: name, attempt: step.attempt, status },
    outcomes: [
      { option: 'keep', effect: 'none', consequence: `What ${name} did stays done.` },
      { option: 'undone', effect: 'none', consequence: `Somebody has undone by hand what ${name} did.` },
    ],
    choice: ASK,
    explanation: `${name} was done after the workflow had ended ${status}; somebody must decide whether to undo it by hand.`,
  } as const
  noteConflict(draft, clash, [name, draft.state.length])
}
