/** Two facilities and a coordinator between them: what one sends must not harm the other, and what one waits for must arrive. */

import { describe, expect, test } from 'vitest'
import { fixedAuthority, NO_AUTHORITY } from '../consistency/fixed.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { propose, START } from '../document/index.ts'
import type { FeedUpdate } from '../link/index.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { collect } from '../testing/collect.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Json } from '../values/json.ts'
import type { Decision, Fact } from '../workflow/command.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { DependencyRelay } from './relay.ts'
import { RULES } from './rules.ts'
import { ControlledStore, createOf, define, TASK, TestNode } from './test-support.ts'

const newStore = () => new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))

const gatewayOf = (home: string, nodeNumber: number, definitions: readonly CompiledDefinition[]) =>
  TestNode.open({ store: newStore(), node: `${home}-gateway`, nodeNumber, authority: fixedAuthority([home]), definitions })

const coordinatorOf = (definitions: readonly CompiledDefinition[]) =>
  TestNode.open({ store: newStore(), node: 'cloud', nodeNumber: 1, authority: NO_AUTHORITY, definitions })

/** Whatever one holds of a home and the other does not, in one run. */
const ship = async (from: TestNode, to: TestNode, home: string) => {
  const peer = from.engine.author.node
  const after = to.engine.cursorOf(`${peer}/${home}`)?.sequence ?? 0
  const held = (await from.store.feed(home, after, 10_000)).filter(({ origin }) => origin !== to.engine.author.node)
  const updates = held.map(({ document, sequence, update }) => ({ document, sequence, update }))
  return receive(to, peer, home, after, await from.store.feedEnd(home), updates)
}

const receive = async (at: TestNode, peer: string, home: string, from: number, to: number, updates: readonly FeedUpdate[]) => {
  const taken = await at.submit({ kind: 'received', peer, home, generation: 'g1', from, to, updates })
  if (!taken.ok) throw new Error(taken.error.message)
  return taken.value.rejected.map(({ refusal }) => refusal.code)
}

/** The update by which a stranger would write these proposals into a new document. */
const forged = async (workflow: string, ...contents: readonly Json[]): Promise<readonly FeedUpdate[]> => {
  const stranger = await gatewayOf('nowhere', 9, [])
  const { replica } = stranger.engine.units.create(workflow, 'nowhere')
  return contents.map((content, index) => {
    const written = propose(replica, { journal: 'j', n: index + 1, by: 'x', at: 0, basis: START, reason: '', content })
    if (!written.ok) throw new Error(written.error.message)
    return { document: workflow, sequence: index + 1, update: written.value }
  })
}

describe('whose id it is', () => {
  const definition = define({ steps: { a: TASK } })
  const id = workflowIdOf('b', 'k')

  test.each([
    ['nothing but a will', { type: 'pause' }],
    ['a creation at its own home', createOf(definition, {}, 'k', 'a')],
    ['a creation at the other home', createOf(definition, {}, 'k', 'b')],
    ['a creation under another key', createOf(definition, {}, 'other', 'a')],
  ] as const)('I25 E13 the id of another home’s workflow can not be taken with %s', async (_, content) => {
    const coordinator = await coordinatorOf([definition])
    const b = await gatewayOf('b', 3, [definition])
    expect(await receive(coordinator, 'a-gateway', 'a', 0, 2, await forged(id, content, { type: 'resume' }))).toEqual([
      'wrong-id',
      'wrong-id',
    ])
    expect([await coordinator.store.document(id), await coordinator.engine.summary(id)]).toEqual([undefined, undefined])
    await b.start(definition, {}, 'k', 'b')
    expect(await ship(b, coordinator, 'b')).toEqual([])
    expect(await coordinator.engine.summary(id)).toMatchObject({ facility: 'b', key: 'k' })
  })

  test('I25 E13 nor at the authority, where it would be judged; what came beside it is taken', async () => {
    const b = await gatewayOf('b', 3, [definition])
    const wrong = await forged(workflowIdOf('a', 'k'), createOf(definition, {}, 'k', 'b'))
    const right = (await forged(id, createOf(definition, {}, 'k', 'b'))).map((each) => ({ ...each, sequence: 2 }))
    expect(await receive(b, 'cloud', 'b', 0, 2, [...wrong, ...right])).toEqual(['wrong-id'])
    expect((await collect(b.engine.summaries())).map(({ key, status }) => [key, status])).toEqual([
      ['k', 'active.executing.step_preparation'],
    ])
  })
})

describe('what no log can hold', () => {
  const definition = define({ name: 'waits', steps: { a: { type: 'wait', on: { kind: 'signal', signal: 'go' } } } })
  const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)])

  /** As the real one, but what has the reason “bad” leads to an entry that is nested too deep. */
  const misjudge: typeof RULES.judge = (known, workflow, state, proposal, now) => {
    const judged = RULES.judge(known, workflow, state, proposal, now)
    if (judged === undefined || proposal.reason !== 'bad') return judged
    const event = { type: 'signalled', name: 'go', id: '1', payload: nested(80) } as const
    return { ...judged, entries: [...judged.entries, { at: now.wall, by: 'x', event }] }
  }

  const open = async () => {
    const parts = { store: newStore(), node: 'a-gateway', nodeNumber: 2, authority: fixedAuthority(['a']), definitions: [definition] }
    return { gateway: await TestNode.open({ ...parts, rules: { judge: misjudge } }), coordinator: await coordinatorOf([definition]) }
  }

  const will = (node: TestNode, key: string, command: Decision | Fact, reason: string) =>
    node.submit({ kind: 'will', workflow: workflowIdOf('a', key), home: 'a', command, by: 'ann', reason })

  test('E12 D5 a creation that leads to it is refused by itself: the next one of the same run is judged', async () => {
    const { gateway, coordinator } = await open()
    for (const key of ['bad', 'good']) await will(coordinator, key, createOf(definition, { n: 1 }, key, 'a'), key)
    expect(await ship(coordinator, gateway, 'a')).toEqual([])
    const bad = await gateway.state(workflowIdOf('a', 'bad'))
    expect(bad).toMatchObject({ status: 'failed', input: null, verdicts: [{ accepted: false, code: 'unwritable' }] })
    expect((await gateway.state(workflowIdOf('a', 'good'))).status).toBe('active')
    await ship(gateway, coordinator, 'a')
    expect(await coordinator.engine.summary(workflowIdOf('a', 'bad'))).toMatchObject({ pending: false, status: 'failed', proposals: 0 })
  })

  test('E12 D5 a will that leads to it gets its verdict, and the one after it is taken', async () => {
    const { gateway, coordinator } = await open()
    const id = await gateway.start(definition, {}, 'k', 'a')
    await ship(gateway, coordinator, 'a')
    for (const reason of ['bad', 'good']) await will(coordinator, 'k', { type: 'set-priority', priority: 'high' }, reason)
    expect(await ship(coordinator, gateway, 'a')).toEqual([])
    const { verdicts } = await gateway.state(id)
    expect(verdicts.map(({ n, code }) => [n, code])).toEqual([
      [1, 'unwritable'],
      [2, 'accepted'],
    ])
  })
})

describe('waiting for another facility', () => {
  const source = define({
    name: 'source',
    steps: {
      first: { type: 'wait', on: { kind: 'signal', signal: 'one' } },
      second: { type: 'wait', on: { kind: 'signal', signal: 'two' } },
    },
    shares: ['second'],
  })
  const forStep = (step: string) => ({ type: 'wait', on: { kind: 'step', facility: '"a"', key: '"s"', step } })

  const open = async (waiter: CompiledDefinition, known: readonly CompiledDefinition[] = [source, waiter]) => {
    const [a, b] = [await gatewayOf('a', 2, [source]), await gatewayOf('b', 3, [waiter])]
    const coordinator = await coordinatorOf(known)
    new DependencyRelay(coordinator.engine)
    const from = await a.start(source, {}, 's', 'a')
    const to = await b.start(waiter, {}, 'w', 'b')
    const go = (name: string) => a.will(from, { type: 'signal', name, id: name, payload: `${name}!` }, 'a')
    const carry = async () => {
      for (let round = 0; round < 4; round += 1) {
        for (const [node, home] of [
          [a, 'a'],
          [b, 'b'],
        ] as const) {
          await ship(node, coordinator, home)
          await coordinator.clock.advance(0)
          await ship(coordinator, node, home)
        }
      }
      return (await b.state(to)).steps.map(({ status }) => status)
    }
    return { b, to, go, carry }
  }

  test('DEF-3 API-7 E14 a step may be waited for twice, one wait after the other', async () => {
    const { go, carry } = await open(
      define({ name: 'twice', steps: { one: forStep('first'), two: forStep('first') }, links: [{ from: 'one', to: 'two' }] }),
    )
    await go('one')
    expect(await carry()).toEqual(['succeeded', 'succeeded'])
  })

  test('DEF-3 API-7 E14 two steps of one workflow may be waited for at once', async () => {
    const { go, carry } = await open(define({ name: 'both', steps: { one: forStep('first'), two: forStep('second') } }))
    await go('one')
    expect(await carry()).toEqual(['succeeded', 'running'])
    await go('two')
    expect(await carry()).toEqual(['succeeded', 'succeeded'])
  })

  test('API-7 E14 what a step came to is told to another facility only where its definition shares it', async () => {
    const { b, to, go, carry } = await open(define({ name: 'both', steps: { one: forStep('first'), two: forStep('second') } }))
    await go('one')
    await go('two')
    await carry()
    expect((await b.state(to)).steps.map(({ status, output = null }) => [status, output])).toEqual([
      ['succeeded', null],
      ['succeeded', 'two!'],
    ])
  })

  test('API-7 within its facility a workflow may read what another one came to', async () => {
    const within = { type: 'wait', on: { kind: 'step', facility: '"a"', key: '"s"', step: 'first' } }
    const waiter = define({ name: 'near', steps: { one: within } })
    const a = await gatewayOf('a', 2, [source, waiter])
    const relay = new DependencyRelay(a.engine)
    const from = await a.start(source, {}, 's', 'a')
    const to = await a.start(waiter, {}, 'w', 'a')
    await a.will(from, { type: 'signal', name: 'one', id: '1', payload: 'one!' }, 'a')
    await a.clock.advance(0)
    expect((await a.state(to)).steps.map(({ output }) => output)).toEqual(['one!'])
    relay.close()
  })

  test('DEF-3 E14 who does not know the source’s definition can not tell how its step ended, and says nothing', async () => {
    const waiter = define({ name: 'once', steps: { one: forStep('first') } })
    const { b, to, go, carry } = await open(waiter, [waiter])
    await go('one')
    await go('two')
    expect(await carry()).toEqual(['running'])
    expect((await b.state(to)).verdicts).toEqual([])
  })
})

describe('follow-ups of a cancel that came too late', () => {
  const inputSchema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } }
  const returning = define({ name: 'return', inputSchema, steps: { a: TASK } })
  const late = { outcome: 'keep', start: { definition: 'return', input: { n: 'input.n' } } }
  const sending = define({ name: 'send', steps: { ship: TASK }, cancel: { pointOfNoReturn: 'ship', late } })

  const open = async (input: Json, definitions: readonly CompiledDefinition[]) => {
    const gateway = await gatewayOf('a', 2, definitions)
    const coordinator = await coordinatorOf([sending, returning])
    const id = await gateway.start(sending, input, 'k', 'a')
    await ship(gateway, coordinator, 'a')
    const agent = await gateway.agent('r1')
    await agent.accept(`${id}.0.1`)
    await agent.succeed(`${id}.0.1`)
    await coordinator.will(id, { type: 'cancel', reason: 'late' }, 'a')
    await ship(coordinator, gateway, 'a')
    return { gateway, explain: (await gateway.engine.summary(id))?.explain }
  }

  test('CON-5 one that can start says nothing of itself', async () => {
    const { gateway, explain } = await open({ n: 1 }, [sending, returning])
    expect(explain).not.toContain('follow-up')
    expect((await collect(gateway.engine.summaries())).map(({ definition }) => definition.name).sort()).toEqual(['return', 'send'])
  })

  test('CON-5 one that can not start is explained where its parent is shown', async () => {
    const misfit = await open({ n: 'one' }, [sending, returning])
    expect(misfit.explain).toMatch(/ Its follow-up return can't start: its input does not fit: .*n/)
    const unknown = await open({ n: 1 }, [sending])
    expect(unknown.explain).toMatch(/ Its follow-up return can't start: this node knows no definition of that name\.$/)
  })

  test('CON-5 it starts once its definition is known', async () => {
    const { gateway } = await open({ n: 1 }, [sending])
    const next = await gateway.restart({ definitions: [sending, returning] })
    expect(
      (await collect(next.engine.summaries()))
        .map(({ explain, definition }) => `${definition.name} ${explain.includes('follow-up')}`)
        .sort(),
    ).toEqual(['return false', 'send false'])
  })
})
