/** I18 A stage is entered by a way of the definition's lifecycle out of the one before, and none is left that is final. */
import type { CompiledDefinition } from '@holdfast/shared/definition'
import type { LogEntry, WorkflowState } from '@holdfast/shared/workflow'

export const isLegalMove = ({ lifecycle }: CompiledDefinition, { stage }: WorkflowState, event: LogEntry['event']): boolean => {
  if (event.type !== 'stage-entered') return true
  if (stage === undefined) return event.stage === lifecycle?.initial
  return lifecycle?.ways.get(stage)?.some(({ to }) => to === event.stage) === true
}
