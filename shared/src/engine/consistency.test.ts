import { describe, expect, test } from 'vitest'
import { fixedAuthority } from '../consistency/fixed.ts'
import type { Consistency } from '../definition/schema-consistency.ts'
import type { Performer } from '../ports/performer.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Instant } from '../values/instant.ts'
import type { Json } from '../values/json.ts'
import { refusal } from '../values/refusal.ts'
import { ok } from '../values/result.ts'
import { ANSWER_WITHIN_MS } from './held-answers.ts'
import type { Answer } from './inputs.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, createOf, define, HOME, TASK, TestNode, willOf } from './test-support.ts'

const BOUNDED = { level: 'bounded_staleness', maxLagMs: 10_000, maxPending: 3 } as const
const STRONG = { level: 'strong' } as const
const EVENTUAL = { level: 'eventual' } as const

/** A long task, or a call, under each policy. */
const under = (consistency: Consistency, step: object = TASK) =>
  define({ name: `under-${consistency.level}`, consistency, steps: { a: step, b: step, c: step, d: step, e: step } })
const one = (consistency: Consistency) => define({ name: `one-${consistency.level}`, consistency, steps: { a: TASK } })
const DEFINITIONS = [STRONG, BOUNDED, EVENTUAL].flatMap((policy) => [under(policy), one(policy)])
const CALL = { type: 'function', function: 'f', timeoutMs: 60_000, retry: 'none' }
const calling = define({ name: 'calling', consistency: STRONG, steps: { a: CALL } })

const id = (key: string): string => workflowIdOf(HOME, key)

/** A node with a hub, whose acknowledgements are what the test says they are. */
class Shore {
  node: TestNode
  readonly called: string[] = []

  private constructor(node: TestNode) {
    this.node = node
  }

  static async open(hasHub = true): Promise<Shore> {
    const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
    const called: string[] = []
    const f: Performer = { safety: 'atMostOnce', perform: async ({ id: call }) => ok(called.push(call) as Json) }
    const definitions = [...DEFINITIONS, calling]
    const shore = new Shore(await TestNode.open({ store, definitions, functions: new Map([['f', f]]), hasHub }))
    Object.assign(shore, { called })
    return shore
  }

  get end(): Promise<number> {
    return this.node.store.feedEnd(HOME)
  }

  async connect(): Promise<void> {
    this.node.engine.outlet.line = { state: 'live' }
    await this.node.clock.advance(0)
  }

  async cut(): Promise<void> {
    this.node.engine.outlet.line = { state: 'cut', since: this.node.clock.now().monotonic }
    await this.node.clock.advance(0)
  }

  async acknowledge(upTo?: number): Promise<void> {
    this.node.engine.outlet.acknowledged(HOME, upTo ?? (await this.end))
    await this.node.clock.advance(0)
  }

  async summary(key: string): Promise<string | undefined> {
    return (await this.node.engine.summary(id(key)))?.explain
  }
}

const connected = async (): Promise<Shore> => {
  const shore = await Shore.open()
  await shore.connect()
  return shore
}

const outcomeOf = (answered: { readonly ok: boolean; readonly value?: Answer; readonly error?: { readonly code: string } }): string =>
  answered.value?.outcome ?? answered.error?.code ?? '?'

/** An answer that may be long in coming. */
const watch = (promise: Promise<Parameters<typeof outcomeOf>[0]>): { readonly outcome: string | undefined } => {
  const seen: { outcome: string | undefined } = { outcome: undefined }
  void promise.then((answered) => {
    seen.outcome = outcomeOf(answered)
  })
  return seen
}

describe('SYN-4 strong', () => {
  test('SYN-4 I14 nothing is answered, and nobody is offered anything, before the hub has it', async () => {
    const shore = await connected()
    const agent = await shore.node.agent('r1')
    const answer = watch(shore.node.engine.submit(willOf(id('k'), createOf(one(STRONG)))))
    await shore.node.clock.advance(100)
    expect([answer.outcome, agent.offers]).toEqual([undefined, []])
    await shore.acknowledge(1)
    await shore.acknowledge()
    expect([answer.outcome, agent.offers]).toEqual(['decided', [`${id('k')}.0.1`]])
  })

  test('SYN-4 a call is made only once the hub has its beginning, and once', async () => {
    const shore = await connected()
    void shore.node.engine.submit(willOf(id('k'), createOf(calling)))
    await shore.node.clock.advance(0)
    expect(shore.called).toEqual([])
    await shore.acknowledge()
    await shore.acknowledge()
    expect(shore.called).toEqual([`${id('k')}.0.1`])
  })

  test('SYN-4 without an answer from the hub the caller hears that it is not known, and learns what became of it by asking again', async () => {
    const shore = await connected()
    const first = watch(shore.node.engine.submit(willOf(id('k'), createOf(one(STRONG)))))
    await shore.node.clock.advance(ANSWER_WITHIN_MS)
    expect(first.outcome).toBe('unknown')
    const again = watch(shore.node.engine.submit(willOf(id('k'), createOf(one(STRONG)))))
    await shore.node.clock.advance(0)
    expect(again.outcome).toBeUndefined()
    await shore.acknowledge()
    expect(again.outcome).toBe('decided')
  })

  test('SYN-4 I14 cut off, decisions are refused, and nothing of them is written', async () => {
    const shore = await connected()
    await shore.cut()
    const before = await shore.end
    expect(outcomeOf(await shore.node.will(id('k'), createOf(one(STRONG))))).toBe('unavailable')
    expect(await shore.end).toBe(before)
  })

  test('C1 SYN-4 cut off, facts are taken and answered at once; what follows from them waits, says for what, and goes on by itself', async () => {
    const shore = await connected()
    const agent = await shore.node.agent('r1')
    const two = define({ name: 'two', consistency: STRONG, steps: { a: TASK, b: TASK }, links: [{ from: 'a', to: 'b' }] })
    shore.node.engine.catalogue.add(two)
    void shore.node.engine.submit(willOf(id('k'), createOf(two)))
    await shore.node.clock.advance(0)
    await shore.acknowledge()
    await shore.acknowledge()
    await agent.accept(`${id('k')}.0.1`)
    await shore.cut()
    await agent.succeed(`${id('k')}.0.1`)
    expect(agent.told).toContain(`recorded ${id('k')}.0.1`)
    expect(agent.offers).toEqual([`${id('k')}.0.1`])
    expect(await shore.summary('k')).toBe('b waits for the hub (the line to it is cut).')
    await shore.connect()
    await shore.acknowledge()
    expect(agent.offers).toEqual([`${id('k')}.0.1`, `${id('k')}.1.1`])
  })

  test('T2 SYN-4 the lease of an offer begins when its agent is told of it', async () => {
    const shore = await connected()
    const agent = await shore.node.agent('r1')
    void shore.node.engine.submit(willOf(id('k'), createOf(one(STRONG))))
    await shore.node.clock.advance(3 * TASK.leaseMs)
    await shore.acknowledge()
    await shore.node.clock.advance(TASK.leaseMs - 1)
    await agent.accept(`${id('k')}.0.1`)
    expect((await shore.node.state(id('k'))).steps[0]).toMatchObject({ status: 'running', attempt: 1 })
  })

  test('V2 what an earlier life wrote is held by the next one until the hub has it', async () => {
    const shore = await connected()
    void shore.node.engine.submit(willOf(id('k'), createOf(calling)))
    await shore.node.clock.advance(0)
    shore.node = await shore.node.restart()
    await shore.connect()
    expect(shore.called).toEqual([])
    await shore.acknowledge()
    // It may have been made by the earlier life, for all this one knows.
    expect([shore.called, (await shore.node.state(id('k'))).status]).toEqual([[], 'failed'])
  })

  test('V6 V7 what the hub refuses is answered as unknown at once, and nothing of it is shown, whatever is acknowledged', async () => {
    const shore = await connected()
    const agent = await shore.node.agent('r1')
    const answer = watch(shore.node.engine.submit(willOf(id('k'), createOf(one(STRONG)))))
    await shore.node.clock.advance(0)
    shore.node.engine.outlet.refused(HOME, id('k'))
    await shore.node.clock.advance(0)
    expect(answer.outcome).toBe('unknown')
    await shore.acknowledge()
    expect(agent.offers).toEqual([])
  })
})

describe('SYN-7 without standing', () => {
  test('C2 V3 whoever may not decide offers nothing, and goes on by itself when it may again', async () => {
    let mayDecide = true
    const own = fixedAuthority([HOME])
    const lapsed = { mayDecide: false, refusal: refusal('retry-later', 'unavailable', 'the lease has run out') } as const
    const authority = { ...own, standing: (home: string, now: Instant) => (mayDecide ? own.standing(home, now) : lapsed) }
    const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
    const node = await TestNode.open({ store, definitions: DEFINITIONS, authority, hasHub: true })
    await node.start(under(EVENTUAL))
    mayDecide = false
    const agent = await node.agent('r1', { capacity: 9 })
    expect([agent.offers, outcomeOf(await node.will(id('k'), { type: 'pause' }))]).toEqual([[], 'unavailable'])
    mayDecide = true
    await node.clock.advance(2_000)
    expect(agent.offers.length).toBe(5)
  })
})

describe('SYN-4 bounded staleness', () => {
  test('SYN-4 I15 off by none: so many as the bound says, this one included, and one more is refused', async () => {
    const shore = await connected()
    await shore.node.start(one(BOUNDED))
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('decided')
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'resume' }))).toBe('decided')
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('staleness-bound-exceeded')
    await shore.acknowledge()
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('decided')
  })

  test('SYN-4 I15 decisions of one turn count for each other', async () => {
    const shore = await connected()
    await shore.node.start(one(BOUNDED))
    await shore.acknowledge()
    const wills = ['pause', 'resume', 'pause', 'resume'].map((type) =>
      watch(shore.node.engine.submit(willOf(id('k'), { type: type === 'pause' ? 'pause' : 'resume' }))),
    )
    await shore.node.clock.advance(0)
    expect(wills.map(({ outcome }) => outcome)).toEqual(['decided', 'decided', 'decided', 'staleness-bound-exceeded'])
  })

  test('SYN-4 I15 exactly as old as the bound says is not too old; nothing is said of other workflows', async () => {
    const shore = await connected()
    await shore.node.start(one(BOUNDED))
    await shore.node.clock.advance(BOUNDED.maxLagMs)
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('decided')
    await shore.node.clock.advance(1)
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'resume' }))).toBe('staleness-bound-exceeded')
    expect(outcomeOf(await shore.node.will(id('l'), createOf(one(BOUNDED), {}, 'l')))).toBe('decided')
  })

  test('SYN-4 offers count as well: those beyond the bound wait, and are made by themselves when the hub has the others', async () => {
    const shore = await connected()
    const agent = await shore.node.agent('r1', { capacity: 9 })
    await shore.node.start(under(BOUNDED))
    expect(agent.offers.length).toBe(BOUNDED.maxPending - 1)
    await shore.acknowledge()
    expect(agent.offers.length).toBe(BOUNDED.maxPending - 1 + BOUNDED.maxPending)
    expect(new Set(agent.offers).size).toBe(agent.offers.length)
  })

  test('C1 SYN-4 facts are taken beyond every bound', async () => {
    const shore = await connected()
    const agent = await shore.node.agent('r1', { capacity: 9 })
    await shore.node.start(under(BOUNDED))
    await shore.cut()
    for (const task of agent.offers) {
      await agent.accept(task)
      await agent.succeed(task)
      expect(agent.told).toContain(`recorded ${task}`)
    }
  })

  test('V2 I15 a new life does not know what the last one released: it waits for the hub', async () => {
    const shore = await connected()
    await shore.node.start(one(BOUNDED))
    shore.node = await shore.node.restart()
    await shore.connect()
    expect(await shore.node.will(id('k'), { type: 'pause' })).toMatchObject({
      error: { code: 'staleness-bound-exceeded', message: expect.stringContaining('before this node was started') },
    })
    expect(outcomeOf(await shore.node.will(id('l'), createOf(one(BOUNDED), {}, 'l')))).toBe('decided')
    await shore.acknowledge()
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('decided')
  })

  test('V2 a workflow of which the hub had everything goes on in the new life, cut off as it is', async () => {
    const shore = await connected()
    await shore.node.start(one(BOUNDED))
    await shore.node.start(one(BOUNDED), {}, 'l')
    shore.node = await shore.node.restart()
    shore.node.engine.outlet.release.inherit(HOME, new Set([id('l')]))
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('decided')
    expect(outcomeOf(await shore.node.will(id('l'), { type: 'pause' }))).toBe('staleness-bound-exceeded')
  })
})

describe('SYN-4 eventual, and a node that is its own hub', () => {
  test('SYN-4 eventual goes on whatever becomes of the hub', async () => {
    const shore = await Shore.open()
    const agent = await shore.node.agent('r1', { capacity: 9 })
    await shore.node.start(under(EVENTUAL))
    expect(agent.offers.length).toBe(5)
  })

  test('SYN-4 without a hub every policy decides and shows at once', async () => {
    const shore = await Shore.open(false)
    const agent = await shore.node.agent('r1', { capacity: 20 })
    for (const policy of [STRONG, BOUNDED]) {
      await shore.node.start(under(policy), {}, policy.level)
      for (const type of ['pause', 'resume', 'pause', 'resume'] as const)
        expect(outcomeOf(await shore.node.will(id(policy.level), { type }))).toBe('decided')
    }
    expect(agent.offers.length).toBe(10)
  })
})

describe('SYN-4 a caller’s own demand', () => {
  const demanding = (consistency: Consistency) => ({ ...willOf(id('k'), { type: 'pause' }), consistency })

  test('V4 strong, of an eventual workflow: answered when the hub has it, refused while cut off', async () => {
    const shore = await connected()
    await shore.node.start(one(EVENTUAL))
    const answer = watch(shore.node.engine.submit(demanding(STRONG)))
    await shore.node.clock.advance(0)
    expect(answer.outcome).toBeUndefined()
    await shore.acknowledge()
    expect(answer.outcome).toBe('decided')
    await shore.cut()
    expect(outcomeOf(await shore.node.submit(demanding(STRONG)))).toBe('unavailable')
  })

  test('V4 eventual, of a strong workflow that is cut off: taken; what follows from it is held all the same', async () => {
    const shore = await connected()
    const agent = await shore.node.agent('r1')
    void shore.node.engine.submit(willOf(id('k'), createOf(one(STRONG))))
    await shore.node.clock.advance(0)
    await shore.acknowledge()
    await agent.accept(`${id('k')}.0.1`)
    await shore.cut()
    const cancel = { ...willOf(id('k'), { type: 'cancel', reason: 'no need' }), consistency: EVENTUAL }
    expect(outcomeOf(await shore.node.submit(cancel))).toBe('decided')
    expect(agent.told).not.toContain(`stop ${id('k')}.0.1`)
    await shore.connect()
    await shore.acknowledge()
    expect(agent.told).toContain(`stop ${id('k')}.0.1`)
  })
})

describe('SYN-4 in mid-life', () => {
  const set = (consistency: Consistency) => willOf(id('k'), { type: 'set-consistency', consistency })

  test('V5 a change is refused while cut off, and answered when the hub has it; until then the stricter of the two holds', async () => {
    const shore = await connected()
    await shore.node.start(one(EVENTUAL))
    await shore.cut()
    expect(outcomeOf(await shore.node.submit(set(STRONG)))).toBe('unavailable')
    await shore.connect()
    const answer = watch(shore.node.engine.submit(set(STRONG)))
    await shore.node.clock.advance(0)
    expect(answer.outcome).toBeUndefined()
    await shore.cut()
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('unavailable')
    await shore.connect()
    await shore.acknowledge()
    expect(answer.outcome).toBe('decided')
  })

  test('V5 a weaker policy holds only once the hub has the change', async () => {
    const shore = await connected()
    void shore.node.engine.submit(willOf(id('k'), createOf(one(STRONG))))
    await shore.node.clock.advance(0)
    await shore.acknowledge()
    void shore.node.engine.submit(set(EVENTUAL))
    await shore.node.clock.advance(0)
    await shore.cut()
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('unavailable')
    await shore.acknowledge()
    expect(outcomeOf(await shore.node.will(id('k'), { type: 'pause' }))).toBe('decided')
  })
})
