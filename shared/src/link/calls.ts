/**
 * Questions and answers beside the feeds, the same at both ends: the calls this end has open, and those of the peer it owes a reply.
 *
 *    call ──▶ open ──reply──────────────────▶ ended with what the reply says
 *     │         ├─ deadline passed ─────────▶ ended `unknown-outcome`      a reply that comes later changes nothing
 *     │         └─ session over ────────────▶ ended `unknown-outcome`
 *     └─ no session, too many, too large ───▶ ended at once; the peer never hears of it
 *
 *   Q1  Every call ends exactly once, by its deadline at the latest. `unknown-outcome` says that the peer may have done it or not.
 *   Q2  A call that was not sent ends with another code, `unavailable` when there is no session: so nothing was done.
 *   Q3  The peer's question is answered once, by its number, and belongs to its session: an answer that comes too late goes nowhere.
 *   Q4  Open calls are bounded by number in each direction, calls and replies by size. What is too large is refused to whoever said it,
 *       before it is sent, and never ends the session.
 *   Q5  A call names a home of its session; about another it is refused.
 */
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { notUnderstood } from './close.ts'
import { decodeUp, encodeMessage } from './codec.ts'
import { type CallInput, type CallOutput, type StreamOutput, send } from './exchange.ts'
import { MAX_CALL_BYTES, MAX_OPEN_CALLS } from './limits.ts'
import type { Call, Reply } from './messages/index.ts'
import { endWith, type Step, stay } from './step.ts'
import { wireRefusal } from './wire-refusal.ts'

interface Open {
  readonly id: number
  readonly until: number
}

export interface Calls {
  /** Of the next call. */
  readonly next: number
  /** By number. */
  readonly open: ReadonlyMap<number, Open>
  /** Numbers of the peer's calls that wait for this end's reply. */
  readonly owed: ReadonlySet<number>
}

type Asking = Extract<CallInput, { type: 'call' }>
type Replied = Extract<CallInput, { type: 'replied' }>

export const noCalls: Calls = { next: 0, open: new Map(), owed: new Set() }

export const ask = (calls: Calls, { id, home, kind, body, timeoutMs }: Asking, at: number): Step<Calls> => {
  if (calls.open.size >= MAX_OPEN_CALLS) return stay(calls, ended(id, err(tooMany)))
  const { next } = calls
  const frame = encodeMessage({ type: 'call', n: next, home, kind, body })
  if (!isReadable(frame)) return stay(calls, ended(id, err(tooLarge('call'))))
  const open = new Map(calls.open).set(next, { id, until: at + timeoutMs })
  return stay({ ...calls, next: next + 1, open }, { type: 'send', bytes: frame })
}

export const hearReply = (calls: Calls, { n, outcome }: Reply): Step<Calls> => {
  if (n >= calls.next) return endWith(calls, notUnderstood(refusal('fix-request', 'no-such-call', `A reply to call ${n}, never made.`)))
  const asked = calls.open.get(n)
  if (asked === undefined) return stay(calls)
  return stay(
    { ...calls, open: without(calls.open, [n]) },
    ended(asked.id, 'result' in outcome ? ok(outcome.result) : err(outcome.refusal)),
  )
}

export const hearCall = (calls: Calls, { n, home, kind, body }: Call, knowsHome: boolean): Step<Calls> => {
  if (calls.owed.has(n)) return endWith(calls, notUnderstood(refusal('fix-request', 'call-twice', `Call ${n} is open already.`)))
  if (calls.owed.size >= MAX_OPEN_CALLS) return stay(calls, replyOf(n, err(tooMany)))
  if (!knowsHome) return stay(calls, replyOf(n, err(refusal('ask-person', 'unknown-home', `This session does not speak for "${home}".`))))
  return stay({ ...calls, owed: new Set([...calls.owed, n]) }, { type: 'asked', n, home, kind, body })
}

export const replied = (calls: Calls, { n, result }: Replied): Step<Calls> => {
  if (!calls.owed.has(n)) return stay(calls)
  return stay({ ...calls, owed: new Set([...calls.owed].filter((owed) => owed !== n)) }, replyOf(n, result))
}

/** Ends what is due. */
export const expire = (calls: Calls, at: number): Step<Calls> => {
  const due = [...calls.open].filter(([, { until }]) => until <= at)
  if (due.length === 0) return stay(calls)
  const open = without(
    calls.open,
    due.map(([n]) => n),
  )
  return stay({ ...calls, open }, ...due.map(([, { id }]) => ended(id, err(noAnswer('No answer came in time.')))))
}

/** The session is over: nobody will answer what is open. */
export const abandon = ({ open }: Calls): readonly CallOutput[] =>
  [...open.values()].map(({ id }) => ended(id, err(noAnswer('The session ended before the answer came.'))))

/** A call made while no session lives. */
export const notSent = ({ id }: Asking): CallOutput =>
  ended(id, err(refusal('retry-later', 'unavailable', 'There is no session with the other end; nothing was sent.')))

/** When the earliest open call is due; undefined when none is open. */
export const earliestDue = ({ open }: Calls): number | undefined =>
  open.size === 0 ? undefined : Math.min(...[...open.values()].map(({ until }) => until))

const tooMany = refusal('retry-later', 'too-many-calls', `${MAX_OPEN_CALLS} calls are open already.`)

const tooLarge = (what: string): Refusal =>
  refusal('fix-request', 'too-large', `The ${what} does not fit: at most ${MAX_CALL_BYTES} bytes, and no deeper than a frame may be.`)

const noAnswer = (why: string): Refusal =>
  refusal('retry-later', 'unknown-outcome', `${why} It may have been done or not: look, or ask again.`)

const ended = (id: number, result: Result<Json, Refusal>): CallOutput & { readonly type: 'call-ended' } => ({
  type: 'call-ended',
  id,
  result,
})

const replyOf = (n: number, result: Result<Json, Refusal>): StreamOutput => {
  const outcome = result.ok ? { result: result.value } : { refusal: wireRefusal(result.error) }
  const frame = encodeMessage({ type: 'reply', n, outcome })
  return isReadable(frame) ? { type: 'send', bytes: frame } : send({ type: 'reply', n, outcome: { refusal: tooLarge('answer') } })
}

/** The peer would take an unreadable frame for an attack and end the session. */
const isReadable = (frame: Uint8Array): boolean => frame.length <= MAX_CALL_BYTES && decodeUp(frame).ok

const without = (open: ReadonlyMap<number, Open>, numbers: readonly number[]): ReadonlyMap<number, Open> => {
  const rest = new Map(open)
  for (const n of numbers) rest.delete(n)
  return rest
}
