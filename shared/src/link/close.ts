/**
 * How a session ends: the WebSocket close code, and the refusal that tells the other end why and what to do next.
 *
 *   1000  stopped on purpose             4409  the streams disagree: greet again and resend from the durable cursor
 *   4400  not understood                 4413  more sent than the credit allows
 *   4401  token refused at the door      4500  the door answered with an error
 *   4403  not allowed                    4503  could not be made durable; later, perhaps
 *   4406  no common protocol version
 *   4408  silent, or no progress
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { type StreamOutput, send } from './exchange.ts'
import { wireRefusal } from './wire-refusal.ts'

/** `code` may also be one that the other end or the transport gave. */
export interface End {
  readonly code: number
  readonly reason: Refusal
}

export const stopped: End = { code: 1000, reason: refusal('retry-later', 'stopped', 'This end was asked to stop.') }

export const notUnderstood = (reason: Refusal): End => ({ code: 4400, reason })

export const outOfTurn = (type: string, state: string): End =>
  notUnderstood(refusal('fix-request', 'out-of-turn', `A message "${type}" has no place in the state "${state}".`))

export const notAllowed = (message: string): End => ({ code: 4403, reason: refusal('ask-person', 'not-allowed', message) })

export const noCommonVersion = (supported: readonly number[]): End => ({
  code: 4406,
  reason: refusal('ask-person', 'no-common-version', `This end speaks the link protocol's versions ${supported.join(', ')}.`, {
    supported: [...supported],
  }),
})

export const silent = (forMs: number): End => ({
  code: 4408,
  reason: refusal('retry-later', 'peer-silent', `Nothing was heard from the other end for ${forMs} ms.`),
})

export const stalled = (home: string, forMs: number): End => ({
  code: 4408,
  reason: refusal('retry-later', 'no-progress', `The stream of ${home} made no progress for ${forMs} ms.`),
})

export const resync = (home: string, message: string): End => ({
  code: 4409,
  reason: refusal('retry-later', 'resync', `The stream of ${home}: ${message}`),
})

export const cursorAhead = (home: string, theirs: number, ours: number): End => ({
  code: 4409,
  reason: refusal(
    'retry-later',
    'cursor-ahead',
    `The other end holds the feed of ${home} up to ${theirs}, but it ends at ${ours} here: this store is older than what it sent, and goes on in another generation.`,
  ),
})

export const overCredit = (home: string): End => ({
  code: 4413,
  reason: refusal('fix-request', 'over-credit', `The stream of ${home} sent more than it had credit for.`),
})

export const notDurable = (reason: Refusal): End => ({ code: 4503, reason })

const tokenRefused = (words: string): Refusal =>
  refusal('ask-person', 'token-refused', `The hub does not take this node's token (${words}): is the node enrolled there?`)

export const closedBy = (code: number, words: string): End => ({
  code,
  reason: code === 4401 ? tokenRefused(words) : connectionClosed(code, words),
})

const connectionClosed = (code: number, words: string): Refusal =>
  refusal('retry-later', 'connection-closed', `The connection ended (${words === '' ? code : `${code}, ${words}`}).`)

export const byeOf = ({ code, reason }: End): StreamOutput => send({ type: 'bye', code, reason: wireRefusal(reason) })
