import { describe, expect, test } from 'vitest'
import { NO_AUTHORITY } from '../consistency/fixed.ts'
import { propose, START } from '../document/index.ts'
import type { Rights } from '../document/rights.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { homeDocumentOf, workflowIdOf } from '../values/ids.ts'
import { CURSORS, REFUSALS } from './cursors.ts'
import type { ReceivedInput } from './inputs.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ALL_RIGHTS, ControlledStore, createOf, define, HOME, TASK, TestNode, willOf } from './test-support.ts'

const definition = define({ steps: { a: TASK, b: TASK }, links: [{ from: 'a', to: 'b' }] })
const id = workflowIdOf(HOME, 'k')
const DISK_FULL = { code: 'disk-full', message: 'full' } as const

const newStore = () => new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))

/** The coordinator may propose, and the gateway decides; each knows the other's node number. */
const open = async () => {
  const gateway = await TestNode.open({ store: newStore(), definitions: [definition], rightsOf: () => COORDINATORS })
  const cloud = { node: 'cloud', nodeNumber: 2, authority: NO_AUTHORITY, rightsOf: () => ALL_RIGHTS }
  const coordinator = await TestNode.open({ store: newStore(), definitions: [definition], ...cloud })
  return { gateway, coordinator }
}
const COORDINATORS: Rights = { ...ALL_RIGHTS, nodes: new Set([2]), authority: false }

/** What a node's feed holds of its own, as the link would carry it. */
const feedOf = async (from: TestNode, after = 0): Promise<ReceivedInput> => {
  const peer = from.engine.author.node
  const entries = (await from.store.feed(HOME, after, 1_000)).filter(({ origin }) => origin === peer)
  const updates = entries.map(({ document, sequence, update }) => ({ document, sequence, update }))
  return { kind: 'received', peer, home: HOME, generation: 'g1', from: after, to: await from.store.feedEnd(HOME), updates }
}

/** Carries everything both ways until nothing new comes. */
class Line {
  readonly #ends: readonly [TestNode, TestNode]
  readonly #held = new Map<TestNode, number>()

  constructor(...ends: [TestNode, TestNode]) {
    this.#ends = ends
  }

  async carry(): Promise<void> {
    const [one, two] = this.#ends
    for (let moved = true; moved; ) moved = (await this.#push(one, two)) || (await this.#push(two, one))
  }

  async #push(from: TestNode, to: TestNode): Promise<boolean> {
    const run = await feedOf(from, this.#held.get(from))
    if (run.to === run.from) return false
    const taken = await to.submit(run)
    if (!taken.ok) throw new Error(taken.error.message)
    this.#held.set(from, run.to)
    return true
  }
}

describe('received', () => {
  test('SYN-3 E10 updates and cursor are one commit: both or none', async () => {
    const { gateway, coordinator } = await open()
    await gateway.start(definition)
    const run = await feedOf(gateway)
    coordinator.store.failNext(DISK_FULL)
    expect(await coordinator.submit(run)).toMatchObject({ error: { code: 'store-disk-full' } })
    expect([await coordinator.store.document(id), coordinator.engine.cursorOf(`gateway/${HOME}`)]).toEqual([undefined, undefined])
    expect((await coordinator.submit(run)).ok).toBe(true)
    const { appends, puts } = coordinator.store.batches.at(-1)!
    expect(appends.map(({ document, origin }) => [document, origin])).toEqual([[id, 'gateway']])
    expect(puts).toContainEqual({ collection: CURSORS, key: `gateway/${HOME}`, value: { generation: 'g1', sequence: run.to } })
    expect((await coordinator.state(id)).status).toBe('active')
  })

  test('SYN-3 E10 a run that does not begin where the cursor stands is refused: another session was faster', async () => {
    const { gateway, coordinator } = await open()
    await gateway.start(definition)
    const run = await feedOf(gateway)
    const both = [run, run].map((each) => coordinator.engine.submit(each))
    await coordinator.clock.advance(0)
    expect(await Promise.all(both)).toMatchObject([{ ok: true }, { error: { code: 'cursor-moved', next: 'retry-later' } }])
    expect((await coordinator.store.document(id))?.version).toBe(1)
  })

  test('I8 the same updates again are known, stored once, and move the cursor', async () => {
    const { gateway, coordinator } = await open()
    await gateway.start(definition)
    const run = await feedOf(gateway)
    await coordinator.submit(run)
    expect(await coordinator.submit({ ...run, generation: 'g2' })).toMatchObject({ ok: true, value: { rejected: [] } })
    expect((await coordinator.store.document(id))?.version).toBe(1)
    expect(coordinator.engine.cursorOf(`gateway/${HOME}`)).toEqual({ generation: 'g2', sequence: run.to })
  })

  test('SYN-6 a refused update is written down with its reason, the rest of its group is taken, nothing is left of it', async () => {
    const { gateway, coordinator } = await open()
    await gateway.start(definition)
    const run = await feedOf(gateway)
    const other = workflowIdOf(HOME, 'other')
    const bad = { document: other, sequence: run.to + 1, update: new Uint8Array([1, 2, 3]) }
    const taken = await coordinator.submit({
      ...run,
      to: run.to + 2,
      updates: [bad, { ...bad, document: 'h_quay', sequence: run.to + 2 }, ...run.updates],
    })
    expect(taken).toMatchObject({
      value: { rejected: [{ document: other }, { document: 'h_quay', refusal: { code: 'bad-document-id' } }] },
    })
    expect(await coordinator.store.list(REFUSALS, { limit: 10 })).toHaveLength(2)
    expect([(await coordinator.state(id)).status, await coordinator.engine.read(other)]).toEqual(['active', { ok: true, value: undefined }])
  })

  test('I25 a document of one home is not written through another', async () => {
    const { gateway, coordinator } = await open()
    await gateway.start(definition)
    const run = await feedOf(gateway)
    await coordinator.submit(run)
    const stranger = await coordinator.submit({ ...run, home: 'quay', peer: 'quay-gateway' })
    expect(stranger).toMatchObject({ value: { rejected: [{ refusal: { code: 'foreign-home' } }] } })
    expect((await coordinator.engine.summary(id))?.facility).toBe(HOME)
  })

  test('E11 a copy that could not be folded is dropped, not kept in memory as if it were stored', async () => {
    const { gateway, coordinator } = await open()
    await gateway.start(definition)
    const forger = await TestNode.open({ store: newStore(), definitions: [definition], nodeNumber: 3 })
    await forger.start(definition)
    const unit = await forger.engine.read(id)
    if (!unit.ok || unit.value === undefined) throw new Error('no unit')
    const { doc } = unit.value.replica
    // A second segment that vouches for another past than the one there is.
    const opener = [0, 'log:1.1.0', doc.getArray('log:1.1.0').length, 'f'.repeat(64)]
    const update = unit.value.replica.change(() => doc.getArray('log:2.1.0').push([opener, [3, 0, 'x']]))
    const run = await feedOf(forger)
    await coordinator.submit(run)
    const forged = { ...run, from: run.to, to: run.to + 1, updates: [{ document: id, sequence: run.to + 1, update }] }
    for (const _ of [1, 2]) expect((await coordinator.submit(forged)).ok).toBe(false)
    expect((await coordinator.store.document(id))?.version).toBe(1)
    expect((await coordinator.state(id)).status).toBe('active')
  })
})

describe('proposals', () => {
  test('D5 E12 proposed while cut off, judged in order when the line is back, and once', async () => {
    const { gateway, coordinator } = await open()
    const line = new Line(gateway, coordinator)
    await coordinator.start(definition)
    expect(await coordinator.engine.summary(id)).toMatchObject({ pending: true, open: true, facility: HOME })
    for (const command of [{ type: 'pause' }, { type: 'resume' }, { type: 'pause' }] as const) {
      expect(await coordinator.will(id, command)).toMatchObject({ value: { outcome: 'proposed' } })
    }
    await line.carry()
    const state = await gateway.state(id)
    expect(state.verdicts.map(({ n, accepted }) => [n, accepted])).toEqual([1, 2, 3, 4].map((n) => [n, true]))
    expect(state.status).toBe('paused')
    const copy = await coordinator.state(id)
    expect([copy.status, copy.verdicts.length, (await coordinator.engine.summary(id))?.proposals]).toEqual(['paused', 4, 0])
    expect(await coordinator.engine.summary(id)).toMatchObject({ pending: false, head: (await gateway.engine.summary(id))?.head })
  })

  test('D5 E12 a proposal that came back from the past is removed and not judged again', async () => {
    const { gateway, coordinator } = await open()
    const line = new Line(gateway, coordinator)
    await coordinator.start(definition)
    await line.carry()
    const unit = await coordinator.engine.read(id)
    if (!unit.ok || unit.value === undefined) throw new Error('no unit')
    const again = {
      journal: coordinator.engine.journal,
      n: 1,
      by: 'x',
      at: 0,
      basis: START,
      reason: '',
      content: { type: 'cancel', reason: 'x' },
    }
    const update = propose(unit.value.replica, again)
    if (!update.ok) throw new Error(update.error.message)
    const end = (await feedOf(coordinator)).to
    const run = { ...(await feedOf(coordinator, end)), to: end + 1, updates: [{ document: id, sequence: end + 1, update: update.value }] }
    expect((await gateway.submit(run)).ok).toBe(true)
    expect(await gateway.state(id)).toMatchObject({ status: 'active', verdicts: [{ n: 1 }] })
    expect((await gateway.engine.summary(id))?.proposals).toBe(0)
  })

  test('I13 E12 a will that came before the creation it needs is judged after it, not lost', async () => {
    const { gateway, coordinator } = await open()
    const unit = coordinator.engine.units.create(id, HOME)
    const content = [{ type: 'pause' }, { ...createOf(definition) }]
    const updates = content.map((each, index) => {
      const made = propose(unit.replica, { journal: 'j', n: index + 1, by: 'bob', at: 0, basis: START, reason: '', content: each })
      if (!made.ok) throw new Error(made.error.message)
      return { document: id, sequence: index + 1, update: made.value }
    })
    await gateway.submit({ kind: 'received', peer: 'cloud', home: HOME, generation: 'g1', from: 0, to: 2, updates })
    const state = await gateway.state(id)
    expect([state.status, state.verdicts.map(({ n, accepted }) => [n, accepted])]).toEqual([
      'paused',
      [
        [2, true],
        [1, true],
      ],
    ])
  })

  test('EX-10 proposals under a journal of their own are made once, whatever restarts', async () => {
    const { gateway, coordinator } = await open()
    const line = new Line(gateway, coordinator)
    await coordinator.start(definition)
    await line.carry()
    const signal = { ...willOf(id, { type: 'signal', name: 'go', id: '1', payload: null }), journal: 'relay.x' }
    expect(await coordinator.submit(signal)).toMatchObject({ value: { replayed: false } })
    expect(await coordinator.submit(signal)).toMatchObject({ value: { replayed: true } })
    const next = await coordinator.restart()
    expect(await next.submit(signal)).toMatchObject({ value: { replayed: true } })
  })

  test('what can be said already is said already: bad input, a key in use, an end', async () => {
    const { gateway, coordinator } = await open()
    const line = new Line(gateway, coordinator)
    await coordinator.start(definition)
    expect(await coordinator.will(id, createOf(definition))).toMatchObject({ value: { replayed: true } })
    expect(await coordinator.will(id, createOf(definition, { n: 1 }))).toMatchObject({ error: { code: 'key-reused' } })
    expect(await coordinator.will(id, { type: 'attempt-accepted', ref: 0, attempt: 1, purpose: 'forward' })).toMatchObject({
      error: { code: 'not-the-authority' },
    })
    await line.carry()
    await gateway.will(id, { type: 'cancel', reason: 'enough' })
    await line.carry()
    expect(await coordinator.will(id, { type: 'pause' })).toMatchObject({ error: { code: 'illegal-transition' } })
  })
})

describe('the home document', () => {
  const present = (node: TestNode) =>
    node.engine
      .roster(HOME)
      .then((roster) => (roster.ok ? [...(roster.value.state?.agents ?? [])].map(([name, { present: is }]) => [name, is]) : []))

  test('AGT-1 who came and went, written once each, carried to the copies, and emptied by a restart', async () => {
    const { gateway, coordinator } = await open()
    const line = new Line(gateway, coordinator)
    const agent = await gateway.agent('r1')
    await agent.reconnect([])
    await line.carry()
    expect([await present(gateway), await present(coordinator)]).toEqual([[['r1', true]], [['r1', true]]])
    const next = await gateway.restart()
    expect(await present(next)).toEqual([['r1', false]])
    expect((await next.store.document(homeDocumentOf(HOME)))?.version).toBeGreaterThan(1)
  })

  test('AGT-1 E8 presence that could not be written down is written later', async () => {
    const { gateway } = await open()
    gateway.store.failNext(DISK_FULL)
    await gateway.agent('r1')
    expect(await present(gateway)).toEqual([])
    await gateway.clock.advance(1_000)
    expect(await present(gateway)).toEqual([['r1', true]])
  })
})

test('V3 E5 a proposal that waits at an ended workflow until it may be decided is judged by the next life as well', async () => {
  const consistency = { level: 'bounded_staleness', maxLag: '1h', maxPending: 1 } as const
  const nap = define({ name: 'nap', consistency, steps: { sleep: { type: 'wait', on: { kind: 'time', delayMs: 1_000 } } } })
  const parts = { store: newStore(), definitions: [nap], rightsOf: () => COORDINATORS, hasHub: true }
  const gateway = await TestNode.open(parts)
  gateway.engine.outlet.line = { state: 'live' }
  const cloud = { node: 'cloud', nodeNumber: 2, authority: NO_AUTHORITY, rightsOf: () => ALL_RIGHTS }
  const coordinator = await TestNode.open({ store: newStore(), definitions: [nap], ...cloud })
  const line = new Line(gateway, coordinator)
  await gateway.start(nap)
  await line.carry()
  await coordinator.will(id, { type: 'pause' })
  await gateway.clock.advance(2_000)
  expect((await gateway.state(id)).status).toBe('completed')
  await line.carry()
  const proposalsAt = async (node: TestNode) => (await node.engine.summary(id))?.proposals
  expect(await proposalsAt(gateway)).toBe(1)
  const next = await gateway.restart()
  next.engine.outlet.line = { state: 'live' }
  next.engine.outlet.acknowledged(HOME, await next.store.feedEnd(HOME))
  await next.clock.advance(2_000)
  expect(await proposalsAt(next)).toBe(0)
  expect((await next.state(id)).status).toBe('completed')
})
