/** What the author of a proposal is told when it was accepted: one sentence. */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { attemptOf } from '../workflow/attempt.ts'
import type { Proposable } from '../workflow/proposal.ts'
import { stageTitle } from '../workflow/stage.ts'
import type { WorkflowState } from '../workflow/state.ts'

export const acceptance = (definition: CompiledDefinition, content: Proposable, state: WorkflowState): string => {
  switch (content.type) {
    case 'create':
      return 'Created.'
    case 'cancel':
      return `In time: cancelled. ${undoing(definition, state)}`
    case 'set-priority':
      return `Its priority is ${content.priority} now.`
    case 'set-consistency':
      return `Decided under ${content.consistency.level} consistency from here on.`
    case 'signal':
      return `The signal “${content.name}” was taken.`
    case 'collision':
      return 'The conflict is on record.'
    case 'step-settled-elsewhere':
      return `It is known here that ${content.step ?? content.workflow} ${content.succeeded ? 'succeeded' : 'will not succeed'}.`
    case 'pause':
      return 'Paused.'
    case 'resume':
      return 'Resumed.'
    case 'terminate':
      return 'Ended at once; nothing is undone.'
    case 'rollback':
    case 'restore':
      return `Going back over ${state.turnedBack?.scope?.length ?? 0} steps, then on from there.`
    case 'recover':
      return `Recovering by ${content.strategy}.`
    case 'retry':
      return 'What failed is done again.'
    case 'review':
      return `${content.step} was answered: ${content.answer}.`
    case 'approve':
      return `${content.step} was ${content.approved ? 'approved' : 'rejected'}.`
    case 'resolve':
      return `The conflict was settled: ${content.option}.`
    case 'discard':
      return `What failed at ${content.step} was discarded.`
    case 'migrate':
      return `It goes on under version ${state.version}.`
    case 'enter-stage':
      return `Entered “${stageTitle(definition.lifecycle, content.stage)}”.`
    case 'checkpoint':
      return `Checkpoint “${content.name}”.`
    case 'undo':
      return `Taken up again to be undone. ${undoing(definition, state)}`
  }
}

const undoing = (definition: CompiledDefinition, { steps }: WorkflowState): string => {
  const undone = steps.filter((step) => {
    const counts = step.status === 'compensating' || step.status === 'compensated' || step.status === 'succeeded'
    return counts && attemptOf(definition, step, 'compensate') !== undefined
  })
  return undone.length === 0
    ? 'Nothing had to be undone.'
    : `${undone.length} completed ${undone.length === 1 ? 'step' : 'steps'} will be undone.`
}
