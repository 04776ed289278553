import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import { decodeDown, encodeMessage } from './codec.ts'
import { openHubSession, stepHubSession } from './hub-session.ts'
import type { HubInput, HubOutput, HubSession } from './hub-state.ts'
import type { Up } from './messages/index.ts'
import { hubSessionStatus } from './status.ts'
import { DEFAULT_TIMING } from './timing.ts'

const at = (monotonic: number) => ({ wall: 1_000_000 + monotonic, monotonic })
const settings = { hub: 'cloud', principal: { node: 'gate', homes: ['harbour-a', 'tablet-1'] }, timing: DEFAULT_TIMING }
const hello = { type: 'hello', versions: [1], node: 'gate', life: 'l1', generation: 'gg', homes: ['harbour-a'], cursors: [] } as const
const recall: HubInput = {
  type: 'cursors',
  generation: 'gc',
  cursors: [{ home: 'harbour-a', generation: 'gg', sequence: 4 }],
  refusals: [],
}
const received = (message: Up): HubInput => ({ type: 'received', bytes: encodeMessage(message) })

const run = (...inputs: readonly HubInput[]): { state: HubSession; outputs: readonly HubOutput[] } =>
  inputs.reduce((step, input) => stepHubSession(step.state, input, at(1)), openHubSession(settings, at(0)))

/** Outputs in a few words: messages by type, a bye with its code. */
const words = (outputs: readonly HubOutput[]): readonly string[] =>
  outputs.map((output) => {
    if (output.type === 'wake-at') return `wake-at ${output.monotonic}`
    const decoded = output.type === 'send' ? decodeDown(output.bytes) : undefined
    if (!decoded?.ok) return output.type
    return decoded.value.type === 'bye' ? `bye ${decoded.value.code} ${decoded.value.reason.code}` : decoded.value.type
  })

const push: Up = { type: 'push', home: 'harbour-a', generation: 'gg', group: 5, from: 4, to: 5, last: true, updates: [] }

describe('a hub session', () => {
  test('opens with a deadline, asks for its cursors on hello, and goes live with a welcome', () => {
    expect(words(openHubSession(settings, at(0)).outputs)).toEqual(['wake-at 30000'])
    expect(run(received(hello)).outputs[0]).toEqual({ type: 'admit', node: 'gate', life: 'l1', generation: 'gg', homes: ['harbour-a'] })
    const live = run(received(hello), recall)
    expect(words(live.outputs)).toEqual(['welcome', 'acknowledged', 'read-feed', 'wake-at 10001'])
    expect(live.state.state.name).toBe('live')
  })

  test('commits a push from the cursor it recalled, and acknowledges it when durable', () => {
    expect(words(run(received(hello), recall, received(push)).outputs)).toEqual(['commit'])
    expect(words(run(received(hello), recall, received(push), { type: 'committed', home: 'harbour-a', refused: [] }).outputs)).toEqual([
      'ack',
    ])
  })

  test('says again at the start which refusals were not noted', () => {
    const refused = { home: 'harbour-a', generation: 'gg', document: 'w_1', sequence: 3, refusal: refusal('give-up', 'forged', 'no') }
    const { outputs } = run(received(hello), { ...recall, refusals: [refused] } as HubInput)
    expect(words(outputs).slice(0, 2)).toEqual(['welcome', 'reject'])
  })

  test.each<[string, HubInput, string]>([
    ['H1 a push before hello', received(push), 'bye 4400 out-of-turn'],
    ['B16 bytes that are no message', { type: 'received', bytes: new Uint8Array([1, 2, 3]) }, 'bye 4400 bad-frame'],
    ['B16 only versions unknown here', received({ ...hello, versions: [7, 9] }), 'bye 4406 no-common-version'],
    ['H2 I25 speaking as another node', received({ ...hello, node: 'gate-b' }), 'bye 4403 not-allowed'],
    ['H2 I25 speaking for a home of others', received({ ...hello, homes: ['harbour-a', 'harbour-b'] }), 'bye 4403 not-allowed'],
    ['a stop', { type: 'stop' }, 'bye 1000 stopped'],
  ])('GOV-4 %s is answered and ends it', (_, input, answer) => {
    const { state, outputs } = run(input)
    expect(words(outputs)).toEqual([answer, 'disconnect'])
    expect(state.state.name).toBe('ended')
  })

  test.each<[string, readonly HubInput[], string]>([
    ['H1 a message between hello and welcome', [received(hello), received({ type: 'ping', n: 1 })], 'bye 4400 out-of-turn'],
    ['H1 a second hello', [received(hello), recall, received(hello)], 'bye 4400 out-of-turn'],
    [
      'a node the shell turns away',
      [received(hello), { type: 'turned-away', reason: refusal('ask-person', 'clone', 'x') }],
      'bye 4403 clone',
    ],
    ['I25 a push for a home it did not name', [received(hello), recall, received({ ...push, home: 'tablet-1' })], 'bye 4400 unknown-home'],
    ['I3 a gap', [received(hello), recall, received({ ...push, from: 5, to: 6 })], 'bye 4409 resync'],
    ['a commit that failed', [received(hello), recall, received(push), failed()], 'bye 4503 disk-full'],
  ])('GOV-4 %s is answered and ends it', (_, inputs, answer) => {
    expect(words(run(...inputs).outputs)).toEqual([answer, 'disconnect'])
  })

  test.each<[string, Up, string]>([
    ['all', wanting(undefined), 'not-allowed'],
    ['a queue of others', wanting({ documents: [], queues: ['leads', 'office'] }), 'not-allowed'],
    ['documents by name', wanting({ documents: ['w_1'], queues: [] }), 'not-allowed'],
    ['its own queue', wanting({ documents: [], queues: ['leads'] }), 'admit'],
  ])('H2 SYN-13 a child that may hold one queue and wants %s', (_, message, answer) => {
    const limited = { ...settings, principal: { ...settings.principal, mayFollow: { documents: false, queues: ['leads'] } } }
    const { outputs } = stepHubSession(openHubSession(limited, at(0)).state, received(message), at(1))
    expect(words(outputs).some((word) => word.includes(answer))).toBe(true)
  })

  test('B16 a version refusal names the versions that would do', () => {
    const { outputs } = run(received({ ...hello, versions: [7] }))
    const bye = outputs[0]?.type === 'send' ? decodeDown(outputs[0].bytes) : undefined
    expect(bye).toMatchObject({ value: { reason: { details: { supported: [1] } } } })
  })

  test('H4 after its end nothing changes anything', () => {
    const { state } = run({ type: 'stop' })
    for (const input of [received(hello), recall, { type: 'wake' } as const]) {
      expect(stepHubSession(state, input, at(99_999))).toEqual({ state, outputs: [] })
    }
  })

  test('C1 C2 pings at its pace; a silent child is cut though the socket says nothing', () => {
    let { state } = run(received(hello), recall, { type: 'feed-page', home: 'harbour-a', after: 0, entries: [], end: 0 })
    const seen: string[] = []
    for (let time = 10_001; state.state.name === 'live'; time += 10_000) {
      const step = stepHubSession(state, { type: 'wake' }, at(time))
      seen.push(...words(step.outputs))
      state = step.state
    }
    expect(seen).toEqual(['ping', 'wake-at 20001', 'ping', 'wake-at 30001', 'bye 4408 peer-silent', 'disconnect'])
    expect(hubSessionStatus(state, at(30_001))).toMatchObject({ state: 'ended', node: 'gate', endedBy: { code: 'peer-silent' } })
  })

  test('a child that never says hello is cut', () => {
    const { state } = openHubSession(settings, at(0))
    expect(words(stepHubSession(state, { type: 'wake' }, at(29_999)).outputs)).toEqual(['wake-at 30000'])
    expect(words(stepHubSession(state, { type: 'wake' }, at(30_000)).outputs)).toEqual(['bye 4408 peer-silent', 'disconnect'])
  })

  test('GOV-4 no bytes make a session throw, commit or stay open', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const { state, outputs } = stepHubSession(run(received(hello), recall).state, { type: 'received', bytes }, at(2))
        expect(outputs.some(({ type }) => type === 'commit')).toBe(false)
        expect(state.state.name).toBe('ended')
      }),
    )
  })
})

function wanting(wish: { documents: readonly string[]; queues: readonly string[] } | undefined): Up {
  return wish === undefined ? hello : { ...hello, interests: [{ home: 'harbour-a', held: ['w_9'], ...wish }] }
}

function failed(): HubInput {
  return { type: 'commit-failed', home: 'harbour-a', reason: refusal('retry-later', 'disk-full', 'no space left') }
}
