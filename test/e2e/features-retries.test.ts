/** What fails is tried again where that may help, as often and as late as its policy says; all of it can be read in the history. */
import { type Handler, TaskFailure } from '@holdfast/agent-sdk'
import type { HistoryEntry, WorkflowDetail } from '@holdfast/shared/http'
import type { Json } from '@holdfast/shared/values'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const withRetry = (name: string, retry: string): string =>
  `name: ${name}\nsteps:\n  go: { type: task, capability: fail, timeoutMs: 60s, retry: ${retry} }\n`

const exactly = (delayMs: number): Range => [delayMs, delayMs]
/** ±25 %. */
const around = (delayMs: number): Range => [0.75 * delayMs, 1.25 * delayMs]
type Range = readonly [lowMs: number, highMs: number]

const POLICIES: Readonly<Record<string, string>> = {
  exponential: '{ maxAttempts: 5, initialDelayMs: 40ms, maxDelayMs: 300ms, multiplier: 2 }',
  linear: '{ strategy: linear, maxAttempts: 4, initialDelayMs: 30ms, maxDelayMs: 1s, jitter: false }',
  fixed: '{ strategy: fixed, maxAttempts: 3, initialDelayMs: 70ms, maxDelayMs: 1s, jitter: false }',
  standard: 'standard',
  aggressive: 'aggressive',
  conservative: 'conservative',
  none: 'none',
  // For the kinds of errors: two tries, at once.
  twice: '{ strategy: fixed, maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0 }',
  'only-jams': '{ strategy: fixed, maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0, retryOn: [jam, http-404] }',
  'never-cut-off': '{ strategy: fixed, maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0, neverRetryOn: [network] }',
}

let lone: Lone
const attempts = new Map<string, number[]>()
beforeAll(async () => {
  const definitions = Object.entries(POLICIES).map(([name, retry]) => [`${name}.yaml`, withRetry(name, retry)])
  lone = await openLoneGateway(undefined, Object.fromEntries(definitions))
  const fail: Handler = ({ workflow, attempt, input }) => {
    attempts.set(workflow, [...(attempts.get(workflow) ?? []), attempt])
    const retryable = member(input, 'retryable')
    throw new TaskFailure(String(member(input, 'code')), 'as it was told', typeof retryable === 'boolean' ? retryable : undefined)
  }
  await lone.gateway.hire('robot-1', { fail }, { capacity: 10 })
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api
const start = (definition: string, key: string, input: Json = { code: 'temporary' }): Promise<string> =>
  api().start({ facility: 'harbour', definition, key, input })
const run = async (definition: string, key: string, input?: Json): Promise<WorkflowDetail> =>
  ended(api(), await start(definition, key, input))

/** Between each failure and the moment before which it is not tried again. */
const delaysOf = (history: readonly HistoryEntry[]): readonly number[] =>
  history.filter(({ type }) => type === 'attempt-failed').map(({ at, data }) => Number(member(data, 'retryAt')) - at)

/** No attempt was offered before its time had come. */
const keepsDelays = (history: readonly HistoryEntry[]): boolean => {
  const due = history.filter(({ type }) => type === 'attempt-failed').map(({ data }) => Number(member(data, 'retryAt')))
  const offers = history.filter(({ type }) => type === 'offered').slice(1)
  return offers.length === due.length && offers.every(({ at }, index) => at >= (due[index] ?? 0))
}

describe('policies', () => {
  test.each<[string, readonly Range[]]>([
    ['none', []],
    ['fixed', [exactly(70), exactly(70)]],
    ['linear', [exactly(30), exactly(60), exactly(90)]],
    // The ranges lie apart, so the delays grow; the last would be around 320, and none exceeds the maximum.
    ['exponential', [around(40), around(80), around(160), [0.75 * 300, 300]]],
    ['standard', [around(500), around(1_000)]],
    ['conservative', [exactly(1_000)]],
  ])('RES-1 %s: its attempts, and between them its delays, are in the history', async (policy, expected) => {
    const done = await run(policy, `policy-${policy}`)
    const history = await api().history(done.id)
    const delays = delaysOf(history)
    expect(delays).toHaveLength(expected.length)
    expected.forEach(([low, high], index) => {
      expect(delays[index]).toBeGreaterThanOrEqual(low)
      expect(delays[index]).toBeLessThanOrEqual(high)
    })
    expect(keepsDelays(history)).toBe(true)
    const numbers = Array.from({ length: expected.length + 1 }, (_, index) => index + 1)
    expect(attempts.get(done.id)).toEqual(numbers)
    expect(done).toMatchObject({
      status: 'failed',
      error: { code: 'temporary', message: 'as it was told' },
      steps: [{ attempt: numbers.length }],
    })
  })

  test('RES-1 aggressive begins with a second, give or take a quarter; a cancel ends the waiting', async () => {
    const id = await start('aggressive', 'policy-aggressive')
    const delays = await until('the first failure', async () => {
      const seen = delaysOf(await api().history(id))
      return seen.length > 0 ? seen : undefined
    })
    const [low, high] = around(1_000)
    expect(delays[0]).toBeGreaterThanOrEqual(low)
    expect(delays[0]).toBeLessThanOrEqual(high)
    expect((await api().ask('DELETE', `/workflows/${id}`, { reason: 'seen enough' })).status).toBe(200)
    expect(await ended(api(), id)).toMatchObject({ status: 'cancelled' })
  })

  test('RES-1 jitter spreads what failed together', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, (_, n) => run('exponential', `together-${n}`)))
    const first = await Promise.all(runs.map(async ({ id }) => delaysOf(await api().history(id))[0]))
    expect(new Set(first).size).toBeGreaterThan(1)
  })
})

/** How often a task was tried that fails in this way each time, two tries being allowed. */
const tries = async (definition: string, key: string, input: Json): Promise<number> => {
  const done = await run(definition, key, input)
  expect(done).toMatchObject({ status: 'failed', error: { code: member(input, 'code') } })
  return attempts.get(done.id)?.length ?? 0
}

describe('errors', () => {
  const passing = ['timeout', 'network', 'connection', 'temporary', 'rate-limit', 'http-502', 'http-503', 'http-504']
  const lasting = ['validation', 'authentication', 'authorization', 'http-400', 'http-401', 'http-403', 'http-404']

  test('RES-2 what may pass is tried again, what will not is not', async () => {
    const counted = await Promise.all([...passing, ...lasting].map((code) => tries('twice', `kind-${code}`, { code })))
    expect(counted).toEqual([...passing.map(() => 2), ...lasting.map(() => 1)])
  })

  test('RES-2 a word of its own counts as its reporter says; a lasting one stays so, a passing one can be called final', async () => {
    const said = (code: string, retryable?: boolean): Promise<number> =>
      tries('twice', `said-${code}-${retryable}`, retryable === undefined ? { code } : { code, retryable })
    expect(await Promise.all([said('jam'), said('jam', true), said('jam', false)])).toEqual([1, 2, 1])
    expect(await Promise.all([said('validation', true), said('network', false)])).toEqual([1, 1])
  })

  test('RES-2 the lists of a policy go before the kinds', async () => {
    expect(await Promise.all(['jam', 'http-404', 'network'].map((code) => tries('only-jams', `only-${code}`, { code })))).toEqual([2, 2, 1])
    expect(await Promise.all(['network', 'timeout'].map((code) => tries('never-cut-off', `never-${code}`, { code })))).toEqual([1, 2])
  })
})
