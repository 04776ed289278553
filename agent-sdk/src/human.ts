/**
 * A person's end of the line: tasks wait in an inbox until somebody answers. An answer is durable before it is sent, so what a
 * person has said once is never asked again.
 */
import type { Offer } from '@holdfast/shared/agent-protocol'
import type { Json } from '@holdfast/shared/values'
import { type Agent, type AgentOptions, createAgent } from './agent.ts'
import { type Handler, TaskFailure } from './handler.ts'

export interface HumanOptions extends Omit<AgentOptions, 'kind' | 'perform' | 'onInterrupted'> {
  /** Called when the inbox has changed. */
  onInbox?(open: readonly Offer[]): void
}

export interface Human {
  readonly agent: Agent
  inbox(): readonly Offer[]
  /** False when the task is not in the inbox (any more). */
  answer(task: string, output: Json): boolean
  reject(task: string, code: string, message: string): boolean
}

interface OpenTask {
  readonly offer: Offer
  readonly answer: (output: Json) => void
  readonly reject: (failure: TaskFailure) => void
}

export const human = async ({ onInbox, ...options }: HumanOptions): Promise<Human> => {
  const open = new Map<string, OpenTask>()
  const inbox = (): readonly Offer[] => [...open.values()].map(({ offer }) => offer)
  const take = (task: string): OpenTask | undefined => {
    const found = open.get(task)
    if (open.delete(task)) onInbox?.(inbox())
    return found
  }
  const perform: Handler = (offer, { signal }) =>
    new Promise((answer, reject) => {
      open.set(offer.task, { offer, answer, reject })
      signal.addEventListener('abort', () => take(offer.task)?.reject(new TaskFailure('withdrawn', 'The task was withdrawn.')))
      onInbox?.(inbox())
    })
  // Asking a person again is harmless, so a restart brings the open tasks back.
  const agent = await createAgent({ ...options, kind: 'human', perform, onInterrupted: 'redo' })
  return {
    agent,
    inbox,
    answer: (task, output) => answered(take(task), (found) => found.answer(output)),
    reject: (task, code, message) => answered(take(task), (found) => found.reject(new TaskFailure(code, message, false))),
  }
}

const answered = (found: OpenTask | undefined, settle: (found: OpenTask) => void): boolean => {
  if (found !== undefined) settle(found)
  return found !== undefined
}
