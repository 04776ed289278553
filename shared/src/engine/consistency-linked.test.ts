import { expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import { CLOUD, GATE, LinkedPair } from './linked-test-support.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { createOf, define, HOME, TASK, willOf } from './test-support.ts'

const strong = define({ name: 'careful', consistency: 'strong', steps: { a: TASK } })
const bounded = define({
  name: 'bounded',
  consistency: { level: 'bounded_staleness', maxLag: '5s', maxPending: 2 },
  steps: { a: TASK },
})
const id = workflowIdOf(HOME, 'k')

const pair = async (): Promise<LinkedPair> => {
  const storeOf = (generation: string) => openMemoryStore({ schemas: ENGINE_SCHEMAS, generation })
  const linked = await LinkedPair.open({ definitions: [strong, bounded], gateStore: storeOf(GATE), cloudStore: storeOf(CLOUD) })
  await linked.connect()
  return linked
}

const will = (linked: LinkedPair, command: Parameters<typeof willOf>[1]): { outcome: string | undefined } => {
  const seen: { outcome: string | undefined } = { outcome: undefined }
  void linked.gate.engine.submit(willOf(id, command)).then((answered) => {
    seen.outcome = answered.ok ? answered.value.outcome : answered.error.code
  })
  return seen
}

test('SYN-4 C4 over the line: a strong decision is answered when the hub holds it durably, and not before', async () => {
  const linked = await pair()
  const agent = await linked.gate.agent('r1')
  linked.cloud.store.hold()
  const created = will(linked, createOf(strong))
  await linked.clock.advance(1_000)
  expect([created.outcome, agent.offers]).toEqual([undefined, []])
  linked.cloud.store.release()
  await linked.clock.advance(100)
  expect([created.outcome, agent.offers]).toEqual(['decided', [`${id}.0.1`]])
  expect((await linked.cloud.state(id)).status).toBe('active')
})

test('SYN-4 I14 a line that is open and silent: not known, then refused, then everything goes on by itself', async () => {
  const linked = await pair()
  const agent = await linked.gate.agent('r1')
  linked.line.set('silent')
  const created = will(linked, createOf(strong))
  await linked.clock.advance(10_000)
  expect([created.outcome, agent.offers]).toEqual(['unknown', []])
  await linked.clock.advance(60_000)
  const paused = will(linked, { type: 'pause' })
  await linked.clock.advance(100)
  expect(paused.outcome).toBe('unavailable')
  linked.line.set('open')
  await linked.clock.advance(120_000)
  expect(agent.offers).toEqual([`${id}.0.1`])
})

test('SYN-4 I15 a line that is open and silent bounds as one that is cut', async () => {
  const linked = await pair()
  const created = will(linked, createOf(bounded))
  await linked.clock.advance(100)
  linked.line.set('silent')
  const paused = will(linked, { type: 'pause' })
  await linked.clock.advance(5_001)
  const resumed = will(linked, { type: 'resume' })
  await linked.clock.advance(100)
  expect([created.outcome, paused.outcome, resumed.outcome]).toEqual(['decided', 'decided', 'staleness-bound-exceeded'])
})
