/** What the simulated worlds found of slow and failing disks, each at its smallest. */

import { expect, test } from 'vitest'
import { NO_AUTHORITY } from '../consistency/fixed.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { DependencyRelay } from './relay.ts'
import { ControlledStore, createOf, define, HOME, TASK, TestNode, willOf } from './test-support.ts'

const RETRY = { strategy: 'fixed', maxAttempts: 3, initialDelayMs: 100, maxDelayMs: 100, jitter: false } as const
const retried = define({ steps: { a: { ...TASK, retry: RETRY } } })
const source = define({ name: 'source', steps: { a: TASK } })
const waiter = define({
  name: 'waiter',
  steps: { w: { type: 'wait', on: { kind: 'step', facility: `'${HOME}'`, key: `'source'`, step: 'a' } } },
})
const DISK_FULL = { code: 'disk-full', message: 'full' } as const
const UNKNOWN = { code: 'unknown-outcome', message: '?' } as const

const open = (extra: Partial<Parameters<typeof TestNode.open>[0]> = {}) => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
  return TestNode.open({ store, definitions: [retried, source, waiter], ...extra })
}

test('I20 an offer that falls due while the commit of its turn is under way is made after it', async () => {
  const node = await open()
  await node.start(retried)
  const agent = await node.agent('r1')
  const [task = ''] = agent.offers
  node.store.hold()
  await agent.say({ type: 'result', task, outcome: { ok: false, error: { code: 'network', message: 'down' } } })
  await node.clock.advance(1_000)
  node.store.release()
  await node.clock.advance(1)
  expect(agent.offers).toHaveLength(2)
})

test('I6 a commit of unknown outcome leaves no summary behind its document, where a home is only copied either', async () => {
  const node = await open({ authority: NO_AUTHORITY })
  const heard: string[] = []
  node.engine.onCommitted(({ summaries }) => heard.push(...summaries.map(({ id }) => id)))
  node.store.failNext(UNKNOWN, true)
  const id = workflowIdOf(HOME, 'k')
  const answered = await node.submit(willOf(id, createOf(retried)))
  expect([answered.ok, (await node.engine.summary(id))?.status, heard]).toEqual([false, 'pending', [id]])
})

test('DEF-3 a dependency that could not be relayed is relayed later', async () => {
  const node = await open()
  new DependencyRelay(node.engine)
  const waiting = await node.start(waiter, {}, 'waiter')
  await node.start(source, {}, 'source')
  const agent = await node.agent('r1')
  await agent.succeed(agent.offers[0] ?? '')
  expect((await node.state(waiting)).status).toBe('completed')

  const second = await node.start(waiter, {}, 'second')
  expect((await node.state(second)).status).toBe('completed')

  const third = workflowIdOf(HOME, 'third')
  const created = node.engine.submit(willOf(third, createOf(waiter, {}, 'third')))
  created.then(() => node.store.failNext(DISK_FULL))
  await node.clock.advance(0)
  expect((await node.state(third)).status).toBe('active')
  await node.clock.advance(2_000)
  expect((await node.state(third)).status).toBe('completed')
})

test('AGT-1 presence written late is where the agent is by then', async () => {
  const node = await open()
  const agent = await node.agent('r1')
  node.store.failNext(DISK_FULL)
  node.engine.gate.disconnected('r1')
  await node.clock.advance(10)
  await agent.reconnect([])
  await node.clock.advance(3_000)
  const roster = await node.engine.roster(HOME)
  expect(roster.ok && roster.value.state?.agents.get('r1')?.present).toBe(true)
})
