import { expect, test } from 'vitest'
import { durableSteps } from './durable-steps.ts'
import { evolveRate } from './evolve.ts'
import { fiveStepLatency } from './five-step-latency.ts'
import { graphOrder } from './graph-order.ts'
import { type Measurement, percentile } from './measurement.ts'
import { asJson, asText } from './report.ts'

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

test('a percentile is one of the values, the smallest that enough of them do not exceed', () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2)
  expect(percentile([4, 3, 2, 1], 0.5)).toBe(2)
  expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBe(9)
  expect(percentile([7], 0)).toBe(7)
  expect(() => percentile([], 0.5)).toThrow(RangeError)
})
