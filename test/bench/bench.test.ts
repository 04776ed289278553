import { expect, test } from 'vitest'
import { checkpoint } from './checkpoint.ts'
import { durableSteps } from './durable-steps.ts'
import { evolveRate } from './evolve.ts'
import { fanOut } from './fan-out.ts'
import { firstWorkflow } from './first-workflow.ts'
import { fiveStepLatency } from './five-step-latency.ts'
import { graphOrder } from './graph-order.ts'
import { logSize } from './log-size.ts'
import { type Measurement, percentile } from './measurement.ts'
import { parkedMemory } from './parked-memory.ts'
import { asJson, asText } from './report.ts'
import { storeStart } from './store-start.ts'

// Each benchmark at a tiny size: that it runs to its end and says what it should. How fast is for `npm run bench` to tell.

const expectWellFormed = (measurement: Measurement, name: string, unit: string): void => {
  const told: unknown = JSON.parse(asJson(measurement))
  expect(told).toEqual({ name, unit, value: expect.any(Number), ratio: expect.any(Number), against: expect.stringMatching(/\w/) })
  expect(measurement.value).toBeGreaterThan(0)
  expect(measurement.ratio).toBeGreaterThan(0)
  expect(measurement.value).toBeLessThan(Number.POSITIVE_INFINITY)
  expect(measurement.ratio).toBeLessThan(Number.POSITIVE_INFINITY)
  expect(asText(measurement)).toContain(measurement.detail)
}

test('durable-steps runs and reports', async () => {
  expectWellFormed(await durableSteps({ workflows: 8, atOnce: 3, parts: 2, commitsPerPart: 2 }), 'durable-steps', 'steps/s')
})

test('five-step-latency runs and reports', async () => {
  expectWellFormed(await fiveStepLatency({ warmUp: 1, workflows: 3 }), 'five-step-latency', 'ms')
})

test('evolve runs, stays on the path of the compared machine, and reports', () => {
  expectWellFormed(evolveRate({ rounds: 2, foldsPerRound: 20 }), 'evolve', 'transitions/s')
})

test('EX-2 graph-order runs and reports', () => {
  expectWellFormed(graphOrder({ steps: [50, 500, 2_000], repetitions: 3 }), 'graph-order', 'ms')
})

test('EX-4 fan-out runs and reports', async () => {
  expectWellFormed(await fanOut({ items: 20, warmUp: 1, workflows: 3 }), 'fan-out', 'ms')
})

test('PER-4 checkpoint runs and reports', async () => {
  expectWellFormed(await checkpoint({ steps: 4, warmUp: 1, checkpoints: 3 }), 'checkpoint', 'ms')
})

test('first-workflow runs and reports', async () => {
  expectWellFormed(await firstWorkflow({ processes: 1 }), 'first-workflow', 'ms')
})

test('PER-3 store-start runs and reports', async () => {
  expectWellFormed(await storeStart({ parked: 4, ended: 6, processes: 1 }), 'store-start', 'ms')
})

test('parked-memory runs to its end; with so few there is nothing to be said of a single one', async () => {
  expect(await parkedMemory({ workflows: 4, lives: 1 })).toMatchObject({ name: 'parked-memory', unit: 'bytes each' })
})

test('log-size: the log of a workflow of twenty tasks takes less than 4 KiB in its document', () => {
  const measured = logSize()
  expectWellFormed(measured, 'log-size', 'bytes')
  expect(measured.value).toBeLessThan(4 * 1024)
})

test('a percentile is one of the values, the smallest that enough of them do not exceed', () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2)
  expect(percentile([4, 3, 2, 1], 0.5)).toBe(2)
  expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBe(9)
  expect(percentile([7], 0)).toBe(7)
  expect(() => percentile([], 0.5)).toThrow(RangeError)
})
