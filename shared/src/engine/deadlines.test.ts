import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { Workshop } from './admission-test-support.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define } from './test-support.ts'

const MINUTE_MS = 60_000
const promised = define({
  name: 'promised',
  sla: { breachMs: 5 * MINUTE_MS },
  steps: { a: { type: 'function', function: 'f', timeoutMs: 60 * MINUTE_MS, sla: { atRiskMs: MINUTE_MS, breachMs: 2 * MINUTE_MS } } },
})

const open = (): Promise<Workshop> =>
  Workshop.open(new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })), [promised])

const told = async (shop: Workshop, workflow: string): Promise<readonly string[]> => {
  const unit = await shop.node.engine.read(workflow)
  if (!unit.ok || unit.value === undefined) throw new Error('not there')
  return [...unit.value.entries()].flatMap(({ event, at }) =>
    event.type === 'deadline-at-risk' || event.type === 'deadline-breached'
      ? [`${event.type} ${event.step ?? 'whole'} after ${(at - (shop.begun[0]?.at ?? 0)) / MINUTE_MS}`]
      : [],
  )
}

describe('LIM-5 promised ends', () => {
  test('LIM-5 at risk and breached are events at their moments, each once, with an alert; nothing is stopped', async () => {
    const shop = await open()
    const workflow = await shop.start(promised, 'k')
    await shop.node.clock.advance(30 * MINUTE_MS)
    expect(await told(shop, workflow)).toEqual([
      'deadline-at-risk 0 after 1',
      'deadline-breached 0 after 2',
      'deadline-breached whole after 5',
    ])
    expect(shop.alerts.map(({ kind }) => kind)).toEqual(['deadline-at-risk', 'deadline-breached', 'deadline-breached'])
    await shop.finish(`${workflow}.0.1`)
    expect((await shop.node.state(workflow)).status).toBe('completed')
  })

  test('LIM-5 what ends in time is never told of', async () => {
    const shop = await open()
    const workflow = await shop.start(promised, 'k')
    await shop.node.clock.advance(MINUTE_MS - 1)
    await shop.finish(`${workflow}.0.1`)
    await shop.node.clock.advance(30 * MINUTE_MS)
    expect([await told(shop, workflow), shop.alerts]).toEqual([[], []])
  })

  test('LIM-5 PER-3 a promise outlives a restart', async () => {
    const shop = await open()
    const workflow = await shop.start(promised, 'k')
    await shop.node.clock.advance(90_000)
    await shop.restart()
    await shop.node.clock.advance(90_000)
    expect((await told(shop, workflow)).map((line) => line.slice(0, 19))).toEqual(['deadline-at-risk 0 ', 'deadline-breached 0'])
  })
})
