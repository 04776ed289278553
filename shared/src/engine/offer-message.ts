/** A task as its agent is offered it. */
import type { DownMessage } from '../agent-protocol/index.ts'
import { parseTaskId } from '../workflow/attempt.ts'
import type { WantedTask } from '../workflow/want.ts'

export const offerMessage = (wanted: WantedTask, epoch: number): DownMessage => {
  const { task, attempt, step, title, capability, purpose, input, leaseMs, mayFinishOffline } = wanted
  const workflow = parseTaskId(task)?.workflow ?? ''
  return { type: 'offer', task, attempt, epoch, workflow, step, title, capability, purpose, input, leaseMs, mayFinishOffline }
}
