import { describe, expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import { err, ok } from '../values/result.ts'
import { abandon, ask, type Calls, earliestDue, expire, hearCall, hearReply, noCalls, notSent, replied } from './calls.ts'
import { decodeUp } from './codec.ts'
import type { StreamOutput } from './exchange.ts'
import { MAX_CALL_BYTES, MAX_OPEN_CALLS } from './limits.ts'

const asking = (id: number, timeoutMs = 100) => ({ type: 'call', id, home: 'h', kind: 'probe', body: { id }, timeoutMs }) as const
const call = (n: number) => ({ type: 'call', n, home: 'h', kind: 'probe', body: null }) as const

/** Outputs in a few words. */
const words = (outputs: readonly StreamOutput[]): readonly unknown[] =>
  outputs.map((output) => {
    if (output.type === 'call-ended') return [output.id, output.result.ok ? output.result.value : output.result.error.code]
    if (output.type !== 'send') return output.type
    const message = decodeUp(output.bytes)
    if (!message.ok || message.value.type !== 'reply') return message.ok ? message.value.type : 'unreadable'
    return 'result' in message.value.outcome ? ['reply', message.value.outcome.result] : ['reply', message.value.outcome.refusal.code]
  })

const many = (count: number): Calls =>
  Array.from({ length: count }).reduce<Calls>((calls, _, id) => ask(calls, asking(id), 0).state, noCalls)

describe('calls of this end', () => {
  test('Q1 are answered by number, whatever the order', () => {
    const { state } = hearReply(many(2), { type: 'reply', n: 1, outcome: { result: 'b' } })
    expect(words(hearReply(state, { type: 'reply', n: 0, outcome: { refusal: refusal('retry-later', 'busy', '') } }).outputs)).toEqual([
      [0, 'busy'],
    ])
  })

  test('Q1 end at their deadline, not before; a later reply changes nothing', () => {
    const calls = ask(many(1), asking(1, 50), 10).state
    expect(earliestDue(calls)).toBe(60)
    expect(words(expire(calls, 59).outputs)).toEqual([])
    const late = expire(calls, 60)
    expect(words(late.outputs)).toEqual([[1, 'unknown-outcome']])
    expect(hearReply(late.state, { type: 'reply', n: 1, outcome: { result: 1 } })).toEqual({ state: late.state, outputs: [] })
    expect(earliestDue(late.state)).toBe(100)
    expect(earliestDue(expire(late.state, 100).state)).toBeUndefined()
  })

  test('Q1 Q2 end as unknown with their session, and as unavailable without one', () => {
    expect(words(abandon(many(2)))).toEqual([
      [0, 'unknown-outcome'],
      [1, 'unknown-outcome'],
    ])
    expect(words([notSent(asking(7))])).toEqual([[7, 'unavailable']])
  })

  test('Q4 beyond the bound, or too large or deep for a frame, are refused unsent', () => {
    expect(words(ask(many(MAX_OPEN_CALLS), asking(999), 0).outputs)).toEqual([[999, 'too-many-calls']])
    const deep = Array.from({ length: 20 }).reduce<readonly unknown[]>((inner) => [inner], []) as readonly []
    for (const body of ['x'.repeat(MAX_CALL_BYTES), deep, Number.NaN]) {
      expect(words(ask(noCalls, { ...asking(3), body }, 0).outputs)).toEqual([[3, 'too-large']])
    }
  })

  test('a reply to a call never made ends the session', () => {
    expect(hearReply(many(1), { type: 'reply', n: 1, outcome: { result: 1 } }).end).toMatchObject({ code: 4400 })
  })
})

describe('calls of the peer', () => {
  test('Q3 are passed on, and answered once', () => {
    const asked = hearCall(noCalls, call(0), true)
    expect(asked.outputs).toEqual([{ type: 'asked', n: 0, home: 'h', kind: 'probe', body: null }])
    const answered = replied(asked.state, { type: 'replied', n: 0, result: ok(5) })
    expect(words(answered.outputs)).toEqual([['reply', 5]])
    expect(words(replied(answered.state, { type: 'replied', n: 0, result: ok(6) }).outputs)).toEqual([])
  })

  test('Q3 a number that is open already ends the session', () => {
    expect(hearCall(hearCall(noCalls, call(0), true).state, call(0), true).end).toMatchObject({ code: 4400 })
  })

  test('Q4 too many are refused, and go on when some are answered', () => {
    const full = Array.from({ length: MAX_OPEN_CALLS }).reduce<Calls>((calls, _, n) => hearCall(calls, call(n), true).state, noCalls)
    expect(words(hearCall(full, call(999), true).outputs)).toEqual([['reply', 'too-many-calls']])
    const less = replied(full, { type: 'replied', n: 3, result: ok(null) }).state
    expect(words(hearCall(less, call(999), true).outputs)).toEqual(['asked'])
  })

  test('Q4 an answer too large becomes a refusal, and a long refusal a short one', () => {
    const { state } = hearCall(noCalls, call(0), true)
    expect(words(replied(state, { type: 'replied', n: 0, result: ok('x'.repeat(MAX_CALL_BYTES)) }).outputs)).toEqual([
      ['reply', 'too-large'],
    ])
    const long = err(refusal('give-up', 'no', 'x'.repeat(MAX_CALL_BYTES)))
    expect(words(replied(state, { type: 'replied', n: 0, result: long }).outputs)).toEqual([['reply', 'no']])
  })

  test('Q5 about a home that the session is not for is refused', () => {
    expect(words(hearCall(noCalls, call(0), false).outputs)).toEqual([['reply', 'unknown-home']])
  })
})
