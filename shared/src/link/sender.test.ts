import { describe, expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import { decodeDown } from './codec.ts'
import type { FeedEntry, StreamOutput } from './exchange.ts'
import { PAGE_ENTRIES, SKIPPED_ENTRIES } from './limits.ts'
import { acknowledged, feedGrew, feedPage, isWaiting, openSender, refusedByPeer, type Sender, settledUpTo } from './sender.ts'

const entry = (sequence: number, group = sequence, origin = 'gate', bytes = 4): FeedEntry => ({
  sequence,
  group,
  document: 'w_1',
  origin,
  update: new Uint8Array(bytes),
})
const page = (after: number, entries: readonly FeedEntry[], end = entries.at(-1)?.sequence ?? after) =>
  ({ type: 'feed-page', home: 'h', after, entries, end }) as const
const ack = (sequence: number, generation = 'g1') => ({ type: 'ack', home: 'h', generation, sequence }) as const
const open = (cursor = 0): Sender => openSender({ home: 'h', peer: 'cloud', generation: 'g1', cursor }, 0).state

/** Outputs in a few words: `push 0-2 last`, `read 2`, `acked 2`. */
const words = (outputs: readonly StreamOutput[]): readonly string[] =>
  outputs.map((output) => {
    if (output.type === 'read-feed') return `read ${output.after}`
    if (output.type === 'acknowledged') return `acked ${output.sequence}`
    const decoded = output.type === 'send' ? decodeDown(output.bytes) : undefined
    if (!decoded?.ok || decoded.value.type !== 'push') return output.type
    const { from, to, last, updates } = decoded.value
    return `push ${from}-${to}${last ? ' last' : ''} of ${updates.length}`
  })

describe('a sender', () => {
  test('S1 starts at the cursor that the peer names', () => {
    const { outputs } = openSender({ home: 'h', peer: 'cloud', generation: 'g1', cursor: 40 }, 0)
    expect(words(outputs)).toEqual(['acked 40', 'read 40'])
  })

  test('S2 pushes whole groups, one push each', () => {
    const { outputs } = feedPage(open(), page(0, [entry(1, 7), entry(2, 7), entry(3, 8)]), 1)
    expect(words(outputs)).toEqual(['push 0-2 last of 2', 'push 2-3 last of 1'])
  })

  test('S2 a group larger than a push is split, and only its last push closes it', () => {
    const { outputs } = feedPage(open(), page(0, [entry(1, 7, 'gate', 100), entry(2, 7, 'gate', 150_000)]), 1)
    expect(words(outputs)).toEqual(['push 0-1 of 2', 'push 1-1 of 1', 'push 1-2 last of 1'])
  })

  test('S2 entries of the peer leave holes, which the next push spans', () => {
    const entries = [entry(1, 1, 'cloud'), entry(2, 2, 'cloud'), entry(3, 3), entry(4, 3, 'cloud'), entry(5, 4, 'cloud')]
    const { state, outputs } = feedPage(open(), page(0, entries), 1)
    expect(words(outputs)).toEqual(['push 0-4 last of 1'])
    expect(settledUpTo(acknowledged(state, ack(4), 2).state)).toBe(5)
  })

  test('S2 many skipped entries move the cursor by an empty push', () => {
    const entries = Array.from({ length: SKIPPED_ENTRIES }, (_, index) => entry(index + 1, 1, 'cloud'))
    expect(words(feedPage(open(), page(0, entries), 1).outputs)).toContain(`push 0-${SKIPPED_ENTRIES} last of 0`)
  })

  test('S3 begins no group while the window is full, and goes on when an ack makes room', () => {
    const entries = Array.from({ length: 12 }, (_, index) => entry(index + 1, index + 1, 'gate', 200_000))
    const full = feedPage(open(), page(0, entries), 1)
    expect(full.state.sent).toBe(6)
    const roomier = acknowledged(full.state, ack(2), 2)
    expect(roomier.state.sent).toBe(8)
    expect(words(roomier.outputs)[0]).toBe('acked 2')
  })

  test('S4 growth while a page is read is remembered; the page that reaches the end is the last', () => {
    const grown = feedGrew(open(), 1)
    expect(words(grown.outputs)).toEqual([])
    const first = feedPage(grown.state, page(0, []), 2)
    expect(words(first.outputs)).toEqual(['read 0'])
    expect(words(feedPage(first.state, page(0, []), 3).outputs)).toEqual([])
  })

  test('S4 a page that ended early, between two groups, is not the last', () => {
    const step = feedPage(open(), page(0, [entry(1, 1), entry(2, 1)], 200), 1)
    expect(words(step.outputs)).toEqual(['push 0-2 last of 2', 'read 2'])
  })

  test('S4 a full page asks for the next; an unasked page is ignored', () => {
    const entries = Array.from({ length: PAGE_ENTRIES }, (_, index) => entry(index + 1))
    const step = feedPage(open(), page(0, entries, PAGE_ENTRIES + 1), 1)
    expect(words(step.outputs).at(-1)).toBe(`read ${PAGE_ENTRIES}`)
    expect(feedPage(step.state, page(0, entries), 2)).toEqual({ state: step.state, outputs: [] })
  })

  test('S5 an ack below what is known changes nothing; a repeated one is progress', () => {
    const { state } = feedPage(open(5), page(5, [entry(6)]), 1)
    expect(acknowledged(state, ack(4), 9).state.progressAt).toBe(1)
    const repeated = acknowledged(state, ack(5), 9)
    expect([repeated.state.progressAt, words(repeated.outputs), isWaiting(repeated.state)]).toEqual([9, [], true])
  })

  test.each([
    ['for what was not sent', ack(2)],
    ['of another generation', ack(1, 'g2')],
  ])('S5 an ack %s ends the session', (_, wrong) => {
    const { state } = feedPage(open(), page(0, [entry(1)]), 1)
    expect(acknowledged(state, wrong, 2).end).toMatchObject({ code: 4409, reason: { code: 'resync' } })
  })

  test('S6 GOV-4 a refusal of what was not sent ends the session; one of an earlier generation is noted and not kept', () => {
    const { state } = feedPage(open(5), page(5, [entry(6)]), 1)
    const reject = (sequence: number, generation = 'g1') =>
      ({ home: 'h', generation, document: 'w_1', sequence, refusal: refusal('give-up', 'forged', 'no') }) as const
    expect(words(refusedByPeer(state, reject(6)).outputs)).toEqual(['rejected'])
    expect(words(refusedByPeer(state, reject(3)).outputs), 'said again from an earlier session').toEqual(['rejected'])
    expect(refusedByPeer(state, reject(7)).end).toMatchObject({ code: 4409, reason: { code: 'resync' } })
    const [noted, ...others] = refusedByPeer(state, reject(9, 'g0')).outputs
    expect(noted?.type === 'send' ? decodeDown(noted.bytes) : undefined).toMatchObject({ value: { type: 'noted', sequence: 9 } })
    expect(others).toEqual([])
  })

  test('SYN-11 a peer that holds more than this feed ever had is told so, and the feed goes on in another generation', () => {
    const step = feedPage(open(40), page(40, [], 7), 1)
    expect(step.end).toMatchObject({ code: 4409, reason: { next: 'retry-later', code: 'cursor-ahead' } })
    expect(step.outputs).toEqual([{ type: 'rolled-back', home: 'h', end: 7 }])
  })
})
