/** What an agent's author writes, and how its end becomes an outcome: a handler returns JSON, or throws. */
import { frameOf, type Offer, type Outcome } from '@holdfast/shared/agent-protocol'
import type { Json } from '@holdfast/shared/values'

export interface TaskContext {
  /** Aborted when the work should stop; its reason says why. A handler that finishes all the same has finished. */
  readonly signal: AbortSignal
  /** 0 … 1, sent with the next heartbeat. */
  progress(share: number): void
}

export type Handler = (task: Offer, context: TaskContext) => Promise<Json> | Json

/** Thrown by a handler to say how it failed. `code` is kebab-case; without `retryable` the code decides. */
export class TaskFailure extends Error {
  readonly code: string
  readonly retryable: boolean | undefined
  constructor(code: string, message: string, retryable?: boolean) {
    super(message)
    this.name = 'TaskFailure'
    this.code = code
    this.retryable = retryable
  }
}

export const outcomeOf = async (handler: Handler, task: Offer, context: TaskContext): Promise<Outcome> => {
  try {
    return sendable(task.task, { ok: true, output: await handler(task, context) })
  } catch (error) {
    return sendable(task.task, { ok: false, error: errorOf(error) })
  }
}

const errorOf = (error: unknown): Extract<Outcome, { ok: false }>['error'] => {
  const message = (error instanceof Error ? error.message : String(error)).toWellFormed().slice(0, 2000)
  if (!(error instanceof TaskFailure)) return { code: 'handler-failed', message }
  const code = /^[a-z0-9-]{1,64}$/.test(error.code) ? error.code : 'handler-failed'
  return error.retryable === undefined ? { code, message } : { code, message, retryable: error.retryable }
}

/** A result the gateway would refuse must not be journalled: it could never be delivered. */
const sendable = (task: string, outcome: Outcome): Outcome => {
  const frame = frameOf({ type: 'result', task, outcome })
  if (frame.ok) return outcome
  return {
    ok: false,
    error: { code: 'bad-output', message: `The handler's output can't be sent: ${frame.error.message}`, retryable: false },
  }
}
