/** Several coordinators on one database: whichever is asked, it is one store. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRule } from '../conflict/rules/compile.ts'
import { RuleShelf } from '../conflict/rules/shelf.ts'
import { NO_AUTHORITY } from '../consistency/fixed.ts'
import type { Rights } from '../document/rights.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { type DatabaseFaults, NO_DATABASE_FAULTS, SharedDatabase } from '../testing/shared-database.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Committed } from './committed.ts'
import type { ReceivedInput } from './inputs.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { Publisher } from './publishing.ts'
import { RuleBook } from './rule-book.ts'
import { ALL_RIGHTS, ControlledStore, createOf, define, HOME, ManualClock, TASK, TestNode, willOf } from './test-support.ts'

const definition = define({ steps: { a: TASK, b: TASK }, links: [{ from: 'a', to: 'b' }] })
const id = workflowIdOf(HOME, 'k')
const PROPOSERS: Rights = { ...ALL_RIGHTS, authority: false }

const seeded = (seed: number) => {
  let state = seed >>> 0
  return {
    u32: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0
    },
  }
}

interface Coordinator extends TestNode {}

class Site {
  readonly clock = new ManualClock()
  readonly database: SharedDatabase
  #opened = 0

  constructor(faults: Partial<DatabaseFaults> = {}, seed = 1) {
    const settings = { generation: 'db', random: seeded(seed), faults: { ...NO_DATABASE_FAULTS, ...faults } }
    this.database = new SharedDatabase({ schemas: ENGINE_SCHEMAS, ...settings })
  }

  async coordinator(more: { readonly domainRules?: RuleShelf } = {}): Promise<Coordinator> {
    this.#opened += 1
    const handle = this.database.open(this.clock)
    const parts = { node: 'cloud', nodeNumber: 2, authority: NO_AUTHORITY, definitions: [definition], random: seeded(this.#opened) }
    const opening = TestNode.open({ ...parts, store: new ControlledStore(handle), neighbours: handle.neighbours, ...more }, this.clock)
    await this.clock.advance(200)
    return opening
  }

  async two(): Promise<readonly [Coordinator, Coordinator]> {
    return [await this.coordinator(), await this.coordinator()]
  }

  gateway(): Promise<TestNode> {
    const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
    return TestNode.open({ store, definitions: [definition], rightsOf: () => PROPOSERS }, this.clock)
  }
}

const feedOf = async (from: TestNode, after = 0): Promise<ReceivedInput> => {
  const peer = 'gateway'
  const entries = (await from.store.feed(HOME, after, 1_000)).filter(({ origin }) => origin === peer)
  const updates = entries.map(({ document, sequence, update }) => ({ document, sequence, update }))
  return { kind: 'received', peer, home: HOME, generation: 'g1', from: after, to: await from.store.feedEnd(HOME), updates }
}

const ruleInQueue = (queue: string) => {
  const rule = compileRule({ id: 'r', on: 'facilities', when: 'true', resolve: ['keep'], queue })
  if (!rule.ok) throw new Error(JSON.stringify(rule.error))
  return rule.value
}

const listen = (node: TestNode) => {
  const heard: Committed[] = []
  node.engine.onCommitted((committed) => heard.push(committed))
  return {
    heard,
    /** The places of the entries heard of, as they came. */
    places: () =>
      heard.flatMap(({ news }) => news.flatMap(({ id: workflow, from, entries }) => entries.map((_, n) => `${workflow}/${from + n}`))),
  }
}

describe('API-9 coordinators on one database', () => {
  test('E50 what one has taken, another shows at once, though nobody told it', async () => {
    const site = new Site({ lostHints: 1 })
    const [a, b] = await site.two()
    const gateway = await site.gateway()
    expect((await b.engine.read(id)).ok).toBe(true)
    for (const step of ['create', 'pause', 'resume'] as const) {
      const before = await gateway.store.feedEnd(HOME)
      if (step === 'create') await gateway.start(definition)
      else await gateway.will(id, { type: step })
      expect((await a.submit(await feedOf(gateway, before))).ok).toBe(true)
      expect((await b.state(id)).status).toBe((await gateway.state(id)).status)
      expect(await b.engine.summary(id)).toEqual(await a.engine.summary(id))
    }
  })

  test('E50 what both will at the same moment is proposed twice, and neither hears of the other', async () => {
    const site = new Site({ maxWayMs: 3 })
    const [a, b] = await site.two()
    const wills = [a, b].map((node) => node.engine.submit(willOf(id, createOf(definition))))
    await site.clock.advance(500)
    expect(await Promise.all(wills)).toMatchObject([{ ok: true }, { ok: true }])
    const both = [a, b].map((node, index) =>
      node.engine.submit(willOf(id, index === 0 ? { type: 'pause' } : { type: 'cancel', reason: '' })),
    )
    await site.clock.advance(500)
    expect(await Promise.all(both)).toMatchObject([
      { ok: true, value: { outcome: 'proposed' } },
      { ok: true, value: { outcome: 'proposed' } },
    ])
    const summaries = [a, b].map((node) => node.engine.summary(id))
    await site.clock.advance(100)
    const [atA, atB] = await Promise.all(summaries)
    expect(atA).toEqual(atB)
    expect(atA?.proposals).toBe(3)
  })

  test('SYN-3 E51 a gateway goes on at another coordinator; what an older session still brings is refused', async () => {
    const site = new Site()
    const [a, b] = await site.two()
    const gateway = await site.gateway()
    await gateway.start(definition)
    const first = await feedOf(gateway)
    expect((await a.submit(first)).ok).toBe(true)
    await gateway.will(id, { type: 'pause' })
    const second = await feedOf(gateway, first.to)
    expect(await b.engine.recallCursor(`gateway/${HOME}`)).toEqual({ generation: 'g1', sequence: first.to })
    expect((await b.submit(second)).ok).toBe(true)
    expect(await a.submit(second)).toMatchObject({ error: { code: 'cursor-moved', next: 'retry-later' } })
    expect(await a.engine.recallCursor(`gateway/${HOME}`)).toEqual({ generation: 'g1', sequence: second.to })
    expect((await a.state(id)).status).toBe('paused')
  })

  test('SYN-3 E51 of two sessions that bring the same run at the same moment, one is taken', async () => {
    const site = new Site({ minWayMs: 1, maxWayMs: 4 })
    const [a, b] = await site.two()
    const gateway = await site.gateway()
    await gateway.start(definition)
    const run = await feedOf(gateway)
    const both = [a, b].map((node) => node.engine.submit(run))
    await site.clock.advance(500)
    const results = await Promise.all(both)
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.flatMap((each) => (each.ok ? [] : [each.error.code]))).toEqual(['cursor-moved'])
  })

  test('E52 watchers at each hear of every entry once, in order, whoever took it in', async () => {
    const site = new Site({ lostHints: 0.5, maxWayMs: 2 })
    const nodes = await site.two()
    const watched = nodes.map(listen)
    const gateway = await site.gateway()
    await gateway.start(definition)
    let held = 0
    for (let round = 0; round < 8; round += 1) {
      const node = nodes[round % 2] ?? nodes[0]
      await node.engine.recallCursor(`gateway/${HOME}`)
      const taking = node.engine.submit(await feedOf(gateway, held))
      held = await gateway.store.feedEnd(HOME)
      await site.clock.advance(50)
      expect((await taking).ok).toBe(true)
      await gateway.will(id, { type: round % 2 === 0 ? 'pause' : 'resume' })
    }
    await site.clock.advance(3_000)
    for (const { places } of watched) {
      const unit = await nodes[0].engine.read(id)
      const length = unit.ok ? unit.value?.length : 0
      expect(places()).toEqual(Array.from({ length: length ?? 0 }, (_, n) => `${id}/${n}`))
    }
  })

  test('E50 who has read at one and decides at another is not told that it changed meanwhile', async () => {
    const site = new Site({ lostHints: 1 })
    const [a, b] = await site.two()
    const gateway = await site.gateway()
    await gateway.start(definition)
    const first = await feedOf(gateway)
    await a.submit(first)
    await b.state(id)
    await gateway.will(id, { type: 'pause' })
    await a.submit(await feedOf(gateway, first.to))
    const read = await a.engine.summary(id)
    const expected = { length: read?.length ?? 0, head: read?.head ?? '' }
    const edit = { kind: 'edit', workflow: id, home: HOME, by: 'ann', title: 'renamed', expected } as const
    expect(await b.submit(edit)).toMatchObject({ ok: true })
  })

  test('E51 counts add up wherever workflows begin and end', async () => {
    const site = new Site({ minWayMs: 2, maxWayMs: 3 })
    const nodes = await site.two()
    const begun = Array.from({ length: 10 }, (_, n) => {
      const key = `k${n}`
      return nodes[n % 2]?.engine.submit(willOf(workflowIdOf(HOME, key), createOf(definition, {}, key)))
    })
    await site.clock.advance(3_000)
    expect((await Promise.all(begun)).every((each) => each?.ok)).toBe(true)
    for (const node of nodes) expect(node.engine.countsOf(HOME).open).toBe(10)
  })

  test('E53 no two have one life, though they begin at the same moment', async () => {
    const site = new Site({ minWayMs: 1, maxWayMs: 3 })
    const opening = [site.coordinator(), site.coordinator(), site.coordinator()]
    await site.clock.advance(1_000)
    const lives = (await Promise.all(opening)).map(({ engine }) => engine.life)
    expect(lives.toSorted()).toEqual([1, 2, 3])
  })

  test('E53 what is published at one is known at the others; of two contents of one version, published at once, one stands', async () => {
    const site = new Site({ maxWayMs: 2 })
    const [a, b] = await site.two()
    const contents = ['move', 'lift'].map((capability) => define({ name: 'other', steps: { a: { ...TASK, capability } } }))
    const publishing = [a, b].map((node, index) => new Publisher(node.engine, node.store).publish(contents[index] ?? definition))
    await site.clock.advance(3_000)
    const results = await Promise.all(publishing)
    expect(results.flatMap((each) => (each.ok ? [] : [each.error.code]))).toEqual(['version-exists'])
    const [atA, atB] = [a, b].map((node) => node.engine.catalogue.byName('other')?.hash)
    expect(atA).toBeDefined()
    expect(atA).toBe(atB)
  })

  test('CON-3 E53 a rule published at one counts at the others; of two texts of one version, published at once, one stands', async () => {
    const site = new Site({ maxWayMs: 2 })
    const shelves = [new RuleShelf(), new RuleShelf()]
    const nodes: Coordinator[] = []
    for (const shelf of shelves) nodes.push(await site.coordinator({ domainRules: shelf }))
    const texts = ['slow', 'fast'].map(ruleInQueue)
    const publishing = nodes.map((node, n) =>
      new RuleBook(node.engine, node.store, shelves[n] ?? new RuleShelf()).publish(texts[n] ?? ruleInQueue('')),
    )
    await site.clock.advance(3_000)
    const results = await Promise.all(publishing)
    expect(results.flatMap((each) => (each.ok ? [] : [each.error.code]))).toEqual(['version-exists'])
    const [atA, atB] = shelves.map((shelf) => shelf.find('r')?.hash)
    expect(atA).toBeDefined()
    expect(atA).toBe(atB)
  })

  test('E54 a database that goes away and comes back: inputs are told to come later, and then taken', async () => {
    const site = new Site()
    const [a] = await site.two()
    site.database.stop()
    expect(await a.will(id, createOf(definition))).toMatchObject({ error: { code: 'store-unavailable', next: 'retry-later' } })
    site.database.start()
    expect((await a.will(id, createOf(definition))).ok).toBe(true)
  })

  test('API-9 any faults, any order: nothing that was answered is lost, and all show the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const site = new Site({}, seed)
        const nodes = [...(await site.two()), await site.coordinator()]
        site.database.faults = { minWayMs: 0, maxWayMs: 4, unavailable: 0.05, unknownOutcome: 0.1, lostHints: 0.3 }
        const draw = seeded(seed)
        const acknowledged = new Set<string>()
        const wills = Array.from({ length: 24 }, async (_, n) => {
          const key = `k${draw.u32() % 5}`
          const workflow = workflowIdOf(HOME, key)
          const node = nodes[n % 3] ?? nodes[0]
          const answered = await node?.engine.submit(willOf(workflow, createOf(definition, {}, key)))
          if (answered?.ok === true) acknowledged.add(workflow)
        })
        await site.clock.advance(5_000)
        await Promise.all(wills)
        const shown = nodes.map(async (node) => {
          const rows = []
          for await (const row of node.engine.summaries()) rows.push(row)
          return { rows, counts: node.engine.countsOf(HOME) }
        })
        await site.clock.advance(1_000)
        const [first, ...others] = await Promise.all(shown)
        for (const other of others) expect(other).toEqual(first)
        expect(first?.counts.open).toBe(first?.rows.length)
        const ids = new Set(first?.rows.map((row) => row.id))
        expect([...acknowledged].filter((workflow) => !ids.has(workflow))).toEqual([])
      }),
      { numRuns: 15 },
    )
  })
})
