import { describe, expect, test } from 'vitest'
import type { Demand } from '../consistency/index.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import type { CallHandler } from './call-desk.ts'
import { CLOUD, GATE, LinkedPair } from './linked-test-support.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { PROBE, READ_WITHIN_MS, RECOGNISE, Reader } from './reader.ts'
import { answerProbe, answerRecognise } from './reader-calls.ts'
import { createOf, define, HOME, TASK, willOf } from './test-support.ts'

const plain = define({ steps: { a: TASK } })
const STRONG: Demand = { level: 'strong' }
const within = (maxLagMs: number): Demand => ({ level: 'bounded_staleness', maxLagMs })

interface Shores {
  readonly pair: LinkedPair
  /** Who holds the home, as the hub knows. */
  readonly lease: { epoch: number }
  readonly cloud: Reader
  readonly gate: Reader
}

const open = async (): Promise<Shores> => {
  const storeOf = (generation: string) => openMemoryStore({ schemas: ENGINE_SCHEMAS, generation })
  const lease = { holder: GATE, epoch: 1, vacant: false }
  const gateHandlers = new Map<string, CallHandler>()
  const hubHandlers = new Map<string, CallHandler>()
  const options = { definitions: [plain], gateStore: storeOf(GATE), cloudStore: storeOf(CLOUD), gateHandlers, hubHandlers }
  const pair = await LinkedPair.open(options)
  const { clock, gate, cloud, hub, uplink } = pair
  gateHandlers.set(PROBE, answerProbe({ engine: gate.engine, store: gate.store, clock }))
  hubHandlers.set(
    RECOGNISE,
    answerRecognise(() => lease),
  )
  await pair.connect()
  return {
    pair,
    lease,
    cloud: new Reader({ engine: cloud.engine, store: cloud.store, clock, caller: hub, isHub: true }),
    gate: new Reader({ engine: gate.engine, store: gate.store, clock, caller: uplink, isHub: false }),
  }
}

/** What it comes to, while time passes. */
const after = async <T>({ pair }: Shores, ms: number, asked: Promise<T>): Promise<T | 'nothing yet'> => {
  let got: T | 'nothing yet' = 'nothing yet'
  void asked.then((value) => {
    got = value
  })
  await pair.clock.advance(ms)
  return got
}

const codeOf = (result: Result<unknown, Refusal> | 'nothing yet'): string =>
  result === 'nothing yet' ? result : result.ok ? 'ok' : result.error.code

const start = async ({ pair }: Shores, key = 'k'): Promise<void> => {
  void pair.gate.engine.submit(willOf(workflowIdOf(HOME, key), createOf(plain, {}, key)))
  await pair.clock.advance(0)
}

describe('SYN-6 reads of a copy', () => {
  test('SYN-6 I15 within a bound: answered once what the authority had, when it was asked, has arrived', async () => {
    const shores = await open()
    await start(shores)
    const read = await after(shores, 100, shores.cloud.begin(HOME, within(500), undefined))
    expect(codeOf(read)).toBe('ok')
    expect((await shores.pair.cloud.state(workflowIdOf(HOME, 'k'))).status).toBe('active')
  })

  test('SYN-6 what was proven a moment ago is asked for again only when it is too old', async () => {
    const shores = await open()
    await after(shores, 100, shores.cloud.begin(HOME, within(500), undefined))
    const bytes = shores.pair.line.bytes
    expect(codeOf(await after(shores, 0, shores.cloud.begin(HOME, within(500), undefined)))).toBe('ok')
    expect(shores.pair.line.bytes).toBe(bytes)
  })

  test.each(['cut', 'silent'] as const)(
    'SYN-6 I15 over a line that is %s: as long as the last proof is young enough, then not',
    async (line) => {
      const shores = await open()
      await after(shores, 100, shores.cloud.begin(HOME, within(500), undefined))
      shores.pair.line.set(line)
      expect(codeOf(await after(shores, 10, shores.cloud.begin(HOME, within(500), undefined)))).toBe('ok')
      const late = await after(shores, READ_WITHIN_MS + 1_000, shores.cloud.begin(HOME, within(50), undefined))
      expect(codeOf(late)).toBe('staleness-bound-exceeded')
      expect(codeOf(await after(shores, 10, shores.cloud.begin(HOME, { level: 'eventual' }, undefined)))).toBe('ok')
    },
  )

  test('SYN-6 C4 strong, of a strong workflow: from what the hub has committed, whatever the line', async () => {
    const shores = await open()
    shores.pair.line.set('cut')
    expect(codeOf(await after(shores, 10, shores.cloud.begin(HOME, STRONG, { level: 'strong' })))).toBe('ok')
    const other = await after(shores, READ_WITHIN_MS + 1_000, shores.cloud.begin(HOME, STRONG, { level: 'eventual' }))
    expect(codeOf(other)).toBe('unavailable')
  })

  test('SYN-6 strong, of another workflow: with a probe that was sent after the read began', async () => {
    const shores = await open()
    await after(shores, 100, shores.cloud.begin(HOME, STRONG, { level: 'eventual' }))
    await start(shores)
    expect(codeOf(await after(shores, 100, shores.cloud.begin(HOME, STRONG, { level: 'eventual' })))).toBe('ok')
    expect((await shores.pair.cloud.state(workflowIdOf(HOME, 'k'))).status).toBe('active')
  })
})

describe('SYN-6 reads at the authority', () => {
  test('SYN-6 strong: shown once the hub has all that was read, and knows who the authority is', async () => {
    const shores = await open()
    await start(shores)
    expect(await after(shores, 100, shores.gate.end(HOME, STRONG))).toBeUndefined()
  })

  test('SYN-6 SYN-7 strong, where the hub knows another authority: refused', async () => {
    const shores = await open()
    await start(shores)
    shores.lease.epoch = 2
    expect(await after(shores, 100, shores.gate.end(HOME, STRONG))).toMatchObject({ code: 'unavailable' })
  })

  test('SYN-6 strong, cut off: refused; within a bound and eventual: answered', async () => {
    const shores = await open()
    shores.pair.line.set('cut')
    await start(shores)
    expect(await after(shores, READ_WITHIN_MS + 100, shores.gate.end(HOME, STRONG))).toMatchObject({ code: 'unavailable' })
    for (const demand of [within(1), { level: 'eventual' } as const]) {
      expect(codeOf(await after(shores, 0, shores.gate.begin(HOME, demand, undefined)))).toBe('ok')
      expect(await after(shores, 0, shores.gate.end(HOME, demand))).toBeUndefined()
    }
  })
})

describe('I10 sessions', () => {
  test('I10 what was written at the gateway is read in the cloud, once it is there', async () => {
    const shores = await open()
    shores.pair.line.set('silent')
    await start(shores)
    const session = await shores.gate.seen([HOME])
    expect(await after(shores, READ_WITHIN_MS + 1, shores.cloud.holds(session))).toBe(false)
    shores.pair.line.set('open')
    await shores.pair.clock.advance(120_000)
    expect(await after(shores, 10, shores.cloud.holds(session))).toBe(true)
  })

  test('I10 what was read in the cloud is not older at the gateway, nor where it was read before', async () => {
    const shores = await open()
    await start(shores)
    await shores.pair.clock.advance(100)
    const session = await shores.cloud.seen([HOME])
    expect(session.length).toBe(2)
    expect(await after(shores, 10, shores.cloud.holds(session))).toBe(true)
    expect(await after(shores, 10, shores.gate.holds(session))).toBe(true)
  })

  test('I10 what came from the peer itself keeps no session waiting', async () => {
    const shores = await open()
    await start(shores)
    await shores.pair.clock.advance(100)
    void shores.pair.cloud.engine.submit(willOf(workflowIdOf(HOME, 'k'), { type: 'pause' }))
    await shores.pair.clock.advance(100)
    const session = await shores.gate.seen([HOME])
    expect(await after(shores, 10, shores.cloud.holds(session))).toBe(true)
  })

  test('I10 a store that no node here knows is never caught up with', async () => {
    const shores = await open()
    const foreign = [{ home: HOME, generation: 'restored', sequence: 1 }]
    expect(await after(shores, READ_WITHIN_MS + 1, shores.cloud.holds(foreign))).toBe(false)
  })
})
