/**
 * Calls over the link as the rest of a node sees them: ask and wait for the answer; answer by kind. One desk for each end of a link.
 *
 *   D1  A call always comes back, with the answer or with a refusal: `unavailable` when nothing was sent, `unknown-outcome` when the
 *       answer was lost or late (link/calls.ts). It never rejects.
 *   D2  A handler that throws, or of a kind that nobody handles, is answered with a refusal. What was thrown is not told to the peer.
 *
 * Doesn't know about sessions; the loop passes what its machine says.
 */
import type { CallInput, CallOutput } from '../link/index.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, type Result } from '../values/result.ts'

export interface LinkCaller {
  /** @param home whom the call is about; both ends must share it */
  call(home: string, kind: string, body: Json, timeoutMs: number): Promise<Result<Json, Refusal>>
}

export interface LinkCall {
  readonly peer: string
  /** One of those that the peer's session was admitted for; what `body` names within it, the handler checks. */
  readonly home: string
  readonly body: Json
}

export type CallHandler = (call: LinkCall) => Promise<Result<Json, Refusal>>

/** By kind. A shell may add to it while links run. */
export type CallHandlers = ReadonlyMap<string, CallHandler>

type Ask = (input: Extract<CallInput, { type: 'call' }>) => void
type Asked = Extract<CallOutput, { type: 'asked' }>
type Ended = Extract<CallOutput, { type: 'call-ended' }>

export class CallDesk {
  readonly #handlers: CallHandlers
  readonly #waiting = new Map<number, (result: Result<Json, Refusal>) => void>()
  #next = 0

  constructor(handlers: CallHandlers = new Map()) {
    this.#handlers = handlers
  }

  /** @param step tells the machine; it may end the call at once */
  call(step: Ask, home: string, kind: string, body: Json, timeoutMs: number): Promise<Result<Json, Refusal>> {
    const id = this.#next++
    const answer = new Promise<Result<Json, Refusal>>((resolve) => this.#waiting.set(id, resolve))
    step({ type: 'call', id, home, kind, body, timeoutMs })
    return answer
  }

  ended({ id, result }: Ended): void {
    const resolve = this.#waiting.get(id)
    this.#waiting.delete(id)
    resolve?.(result)
  }

  async serve(peer: string, { n, home, kind, body }: Asked): Promise<Extract<CallInput, { type: 'replied' }>> {
    const handler = this.#handlers.get(kind)
    if (handler === undefined) return { type: 'replied', n, result: err(unknownKind(kind)) }
    try {
      return { type: 'replied', n, result: await handler({ peer, home, body }) }
    } catch {
      return { type: 'replied', n, result: err(handlerFailed(kind)) }
    }
  }
}

const unknownKind = (kind: string): Refusal => refusal('fix-request', 'unknown-call', `This node answers no calls of the kind "${kind}".`)

const handlerFailed = (kind: string): Refusal =>
  refusal('retry-later', 'unknown-outcome', `The call "${kind}" failed in the midst of it: it may have been done or not.`)
