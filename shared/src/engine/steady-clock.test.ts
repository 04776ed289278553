import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { steadyClock } from './steady-clock.ts'
import { ControlledStore, define, ManualClock, TestNode } from './test-support.ts'

const HOUR_MS = 3_600_000

test('E17 what is shown never runs back, never lies before the wall clock, and runs no faster than time but where that is set forward', () => {
  const step = fc.record({ passMs: fc.nat(100_000), jumpMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }) })
  const holds = (steps: readonly { readonly passMs: number; readonly jumpMs: number }[]): void => {
    const machine = new ManualClock()
    const clock = steadyClock(machine)
    for (const { passMs, jumpMs } of steps) {
      const before = clock.now()
      machine.pass(passMs)
      machine.jump(jumpMs)
      const { wall, monotonic } = clock.now()
      expect(wall).toBeGreaterThanOrEqual(machine.now().wall)
      expect(wall - before.wall).toBeGreaterThanOrEqual(Math.floor((passMs * 63) / 64) - 1)
      expect(wall).toBeLessThanOrEqual(Math.max(before.wall + passMs, machine.now().wall))
      expect(monotonic).toBe(machine.now().monotonic)
    }
  }
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), holds))
})

test('E17 once the wall clock has been caught up with, it is followed again', () => {
  const machine = new ManualClock()
  const clock = steadyClock(machine)
  machine.jump(-1_000)
  machine.pass(64_000)
  expect(clock.now().wall).toBe(machine.now().wall)
})

const resting = define({ steps: { rest: { type: 'wait', on: { kind: 'time', delayMs: 10_000 } } } })

test.each([
  ['set back', -HOUR_MS, 10_200],
  ['set forward', HOUR_MS, 1],
])('E17 I20 a wait of ten seconds, begun before the clock was %s by an hour', async (_name, jumpMs, endsWithinMs) => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
  const node = await TestNode.open({ store, definitions: [resting] })
  const id = await node.start(resting)
  node.clock.jump(jumpMs)
  await node.agent('r1') // whatever makes the engine look at its clock
  await node.clock.advance(endsWithinMs)
  expect((await node.state(id)).status).toBe('completed')
})
