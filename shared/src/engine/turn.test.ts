import { describe, expect, test } from 'vitest'
import { fixedAuthority, NO_AUTHORITY } from '../consistency/fixed.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, createOf, define, HOME, TASK, TestNode, willOf } from './test-support.ts'

const definition = define({ steps: { a: TASK } })
const newStore = () => new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
const open = (extra: Partial<Parameters<typeof TestNode.open>[0]> = {}) =>
  TestNode.open({ store: newStore(), definitions: [definition], ...extra })

const DISK_FULL = { code: 'disk-full', message: 'full' } as const
const UNKNOWN = { code: 'unknown-outcome', message: '?' } as const
const ids = (count: number) => Array.from({ length: count }, (_, n) => workflowIdOf(HOME, `k${n}`))

describe('a turn', () => {
  test('SM-3 E1 E3 all inputs that wait are taken together, into one commit', async () => {
    const node = await open()
    const before = node.store.batches.length
    const answers = ids(5).map((id, n) => node.engine.submit(willOf(id, createOf(definition, {}, `k${n}`))))
    await node.clock.advance(0)
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true)
    expect(node.store.batches.slice(before).map(({ appends }) => appends.length)).toEqual([5])
  })

  test('SM-3 E3 nothing is answered, offered, announced or readable before the commit', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const seen: string[] = []
    node.engine.onCommitted(() => seen.push('announced'))
    node.store.hold()
    const id = workflowIdOf(HOME, 'k')
    void node.engine.submit(willOf(id, createOf(definition))).then(() => seen.push('answered'))
    await node.clock.advance(1_000)
    void node.engine.read(id).then(({ ok }) => seen.push(`read ${ok}`))
    void node.engine.summary(id).then((row) => seen.push(`row ${row?.key}`))
    await node.clock.advance(1_000)
    expect([seen, agent.offers, node.engine.countsOf(HOME).open]).toEqual([[], [], 0])
    node.store.release()
    await node.clock.advance(0)
    expect(seen.toSorted()).toEqual(['announced', 'answered', 'read true', 'row k'])
    expect(node.engine.countsOf(HOME).open).toBe(1)
    expect(agent.offers).toEqual([`${id}.0.1`])
  })

  test('I28 a turn that would write more than the link can carry is taken apart, and what is too large alone is refused', async () => {
    const node = await open()
    const before = node.store.batches.length
    const MIB = 1024 * 1024
    const answers = ids(12).map((id, n) => node.engine.submit(willOf(id, createOf(definition, { text: 'x'.repeat(MIB) }, `k${n}`))))
    const huge = node.engine.submit(willOf(workflowIdOf(HOME, 'huge'), createOf(definition, { text: 'x'.repeat(9 * MIB) }, 'huge')))
    await node.clock.advance(0)
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true)
    expect(await huge).toMatchObject({ error: { code: 'too-large', next: 'fix-request' } })
    const sizes = node.store.batches.slice(before).map(({ appends }) => appends.reduce((sum, { update }) => sum + update.length, 0))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8 * MIB)
  })

  test('EX-10 starting twice gives the same workflow, also within one turn and after a restart', async () => {
    const node = await open()
    const id = workflowIdOf(HOME, 'k')
    const twice = [1, 2].map(() => node.engine.submit(willOf(id, createOf(definition))))
    await node.clock.advance(0)
    expect(await Promise.all(twice)).toMatchObject([{ value: { replayed: false } }, { value: { replayed: true } }])
    const next = await node.restart()
    expect(await next.will(id, createOf(definition))).toMatchObject({ value: { replayed: true } })
    expect(await next.will(id, createOf(definition, { other: 1 }))).toMatchObject({ error: { code: 'key-reused' } })
    expect((await next.store.document(id))?.version).toBe(1)
  })

  test('E6 a refused creation leaves nothing behind, and is nothing that could be cancelled', async () => {
    const picky = define({ steps: { a: TASK }, inputSchema: { type: 'object', required: ['n'], properties: { n: {} } } })
    for (const authority of [fixedAuthority([HOME]), NO_AUTHORITY]) {
      const node = await open({ definitions: [picky], authority })
      const id = workflowIdOf(HOME, 'k')
      const both = [createOf(picky), { type: 'cancel', reason: 'x' } as const].map((command) => node.engine.submit(willOf(id, command)))
      await node.clock.advance(0)
      expect(await Promise.all(both)).toMatchObject([{ error: { code: 'invalid-input' } }, { error: { code: 'no-such-workflow' } }])
      expect(await node.engine.read(id)).toEqual({ ok: true, value: undefined })
      expect(await node.will(id, { type: 'pause' })).toMatchObject({ error: { code: 'no-such-workflow' } })
      expect(await node.store.document(id)).toBeUndefined()
    }
  })

  test('EX-3 what the caller had not seen refuses it; what it had seen is the length and head of the log', async () => {
    const node = await open()
    const id = await node.start(definition)
    const unit = await node.engine.read(id)
    if (!unit.ok || unit.value === undefined) throw new Error('no unit')
    const expected = { length: unit.value.length, head: unit.value.headHex }
    expect(await node.engine.summary(id)).toMatchObject(expected)
    const pause = { ...willOf(id, { type: 'pause' }), expected }
    expect((await node.submit(pause)).ok).toBe(true)
    expect(await node.submit(pause)).toMatchObject({ error: { code: 'stale-version' } })
  })

  test('I25 one home does not decide on what belongs to another', async () => {
    const node = await open({ authority: fixedAuthority([HOME, 'quay']) })
    const id = await node.start(definition)
    expect(await node.will(id, { type: 'pause' }, 'quay')).toMatchObject({ error: { code: 'foreign-home' } })
    expect((await node.state(id)).status).toBe('active')
  })

  test('a title that no document can hold refuses the whole of it', async () => {
    const node = await open()
    const id = await node.start(definition)
    const bad = { ...willOf(id, { type: 'pause' }), title: '\ud800' }
    expect(await node.submit(bad)).toMatchObject({ error: { code: 'bad-content' } })
    expect((await node.state(id)).status).toBe('active')
  })
})

describe('a commit that fails', () => {
  test('E3 a poisoned input fails alone', async () => {
    const node = await open()
    const commands = [createOf(definition, {}, 'k0'), createOf(definition, { bad: '\ud800' }, 'k1'), createOf(definition, {}, 'k2')]
    const answers = ids(3).map((id, n) => node.engine.submit(willOf(id, commands[n]!)))
    await node.clock.advance(0)
    expect((await Promise.all(answers)).map((answer) => (answer.ok ? 'ok' : answer.error.code))).toEqual(['ok', 'bad-content', 'ok'])
    expect(await node.engine.read(ids(3)[1]!)).toEqual({ ok: true, value: undefined })
  })

  test('E3 E7 a full disk refuses all, changes nothing, and the same request succeeds later', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    node.store.failNext(DISK_FULL)
    const id = workflowIdOf(HOME, 'k')
    expect(await node.will(id, createOf(definition))).toMatchObject({ error: { code: 'store-disk-full', next: 'retry-later' } })
    expect([agent.offers, await node.engine.summary(id), await node.engine.read(id)]).toEqual([
      [],
      undefined,
      { ok: true, value: undefined },
    ])
    expect((await node.will(id, createOf(definition))).ok).toBe(true)
    expect(agent.offers).toHaveLength(1)
  })

  test('E3 E7 memory is what disk is: a decision that was not committed did not happen', async () => {
    const node = await open()
    const id = await node.start(definition)
    node.store.failNext(DISK_FULL)
    expect((await node.will(id, { type: 'pause' })).ok).toBe(false)
    expect((await node.state(id)).status).toBe('active')
    expect((await node.will(id, { type: 'pause' })).ok).toBe(true)
  })

  test('E7 S1 an unknown outcome that took effect is carried out: offered, listed, and told to the link', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const grown: string[] = []
    node.engine.onCommitted(({ feeds }) => grown.push(...feeds.keys()))
    node.store.failNext(UNKNOWN, true)
    const id = workflowIdOf(HOME, 'k')
    expect(await node.will(id, createOf(definition))).toMatchObject({ error: { code: 'store-unknown-outcome', next: 'retry-later' } })
    expect([agent.offers, grown]).toEqual([[`${id}.0.1`], [HOME]])
    expect((await node.engine.summary(id))?.open).toBe(true)
    expect(await node.will(id, createOf(definition))).toMatchObject({ value: { replayed: true } })
  })

  test('I20 E8 a timer outlives the commit that should have taken it', async () => {
    const timed = define({ steps: { a: { ...TASK, timeoutMs: 3_000, leaseMs: 60_000 } } })
    const node = await open({ definitions: [timed] })
    const agent = await node.agent('r1')
    const id = await node.start(timed)
    await agent.accept(`${id}.0.1`)
    node.store.failNext(DISK_FULL)
    node.store.failNext(DISK_FULL)
    await node.clock.advance(3_000)
    expect((await node.state(id)).status).toBe('active')
    await node.clock.advance(3_000)
    expect((await node.state(id)).turnedBack?.error.code).toBe('timeout')
  })

  test('RES-6 E8 so does the end of a lease, and the result of a call', async () => {
    const calls: string[] = []
    const once = {
      safety: 'atMostOnce' as const,
      perform: async ({ id }: { id: string }) => {
        calls.push(id)
        node.store.failNext(DISK_FULL)
        return { ok: true as const, value: 7 }
      },
    }
    const mixed = define({ steps: { a: TASK, f: { type: 'function', function: 'once', timeoutMs: 60_000 } } })
    const node: TestNode = await open({ definitions: [mixed], functions: new Map([['once', once]]) })
    const id = await node.start(mixed)
    await node.clock.advance(2_000)
    expect(calls).toEqual([`${id}.1.1`])
    expect((await node.state(id)).steps[1]).toMatchObject({ status: 'succeeded', output: 7 })
    await node.agent('r1')
    node.store.failNext(DISK_FULL)
    await node.clock.advance(7_000)
    expect((await node.state(id)).turnedBack?.error.code).toBe('lease-lost')
  })

  test('I20 E8 one timer of a workflow does not make another be forgotten', async () => {
    const functions = new Map([['hangs', { safety: 'idempotent' as const, perform: () => new Promise<never>(() => {}) }]])
    const retry = { strategy: 'fixed', maxAttempts: 3, initialDelayMs: 1_000 }
    const both = define({ steps: { a: { ...TASK, retry }, f: { type: 'function', function: 'hangs', timeoutMs: 20_000, retry: 'none' } } })
    const node = await open({ definitions: [both], functions })
    const agent = await node.agent('r1')
    const id = await node.start(both)
    await agent.accept(`${id}.0.1`)
    await agent.say({ type: 'result', task: `${id}.0.1`, outcome: { ok: false, error: { code: 'network', message: 'x' } } })
    node.engine.gate.disconnected('r1')
    await node.clock.advance(20_000)
    expect((await node.state(id)).turnedBack?.error.code).toBe('timeout')
  })

  test('PER-8 a document that can not be read is reported; the rest goes on, also at the next start', async () => {
    const node = await open()
    const [good, bad] = [await node.start(definition, {}, 'good'), await node.start(definition, {}, 'bad')]
    const { document } = node.store
    node.store.document = async (id) => {
      const stored = await document(id)
      return id === bad && stored !== undefined ? { ...stored, updates: [new Uint8Array([9, 9])] } : stored
    }
    const next = await node.restart()
    expect(next.problems).toMatchObject([expect.stringContaining(bad)])
    const both = [good, bad].map((id) => next.engine.submit(willOf(id, { type: 'pause' })))
    await next.clock.advance(0)
    expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([true, false])
  })

  test('E9 a closed engine takes nothing more, and finishes what it had begun', async () => {
    const node = await open()
    node.store.hold()
    const begun = node.engine.submit(willOf(workflowIdOf(HOME, 'k'), createOf(definition)))
    await node.clock.advance(0)
    const waiting = node.engine.submit(willOf(workflowIdOf(HOME, 'k2'), createOf(definition, {}, 'k2')))
    const closing = node.engine.close()
    expect(await waiting).toMatchObject({ error: { code: 'stopping' } })
    expect(await node.engine.submit({ kind: 'dispatch' })).toMatchObject({ error: { code: 'stopping' } })
    node.store.release()
    await closing
    expect((await begun).ok).toBe(true)
  })
})
