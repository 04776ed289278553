import { describe, expect, test } from 'vitest'
import { workflowIdOf } from '../values/ids.ts'
import { define, RETRIED, Run, TASK } from './test-support.ts'

const waitFor = (signal: string, extra: object = {}) => ({ type: 'wait', on: { kind: 'signal', signal }, ...extra })
const row = (...steps: object[]) =>
  define({
    steps: Object.fromEntries(steps.map((step, n) => [`s${n}`, step])),
    links: steps.slice(1).map((_, n) => ({ from: `s${n}`, to: `s${n + 1}` })),
  })

describe('EX-11 signals', () => {
  test('EX-11 W40 a signal ends the wait for it, with its payload', () => {
    const run = new Run(row(waitFor('go')))
    expect(run.wanted.signals).toEqual(['go'])
    run.signal('other', '1')
    run.signal('go', '2', { by: 'ann' })
    expect(run.state.status).toBe('completed')
    expect(run.step('s0').output).toEqual({ by: 'ann' })
  })

  test('EX-11 W40 an early signal is kept, and taken by one wait only, first come first served', () => {
    const run = new Run(row(TASK, waitFor('go'), waitFor('go'), waitFor('go')))
    run.signal('go', '1', 1)
    run.signal('go', '2', 2)
    run.done('s0')
    expect([run.step('s1').output, run.step('s2').output, run.status('s3')]).toEqual([1, 2, 'running'])
    run.signal('go', '3', 3)
    expect(run.state.status).toBe('completed')
  })

  test('EX-3 EX-11 W40 the same signal again is no new one, even when the first has been taken', () => {
    const run = new Run(row(waitFor('go'), waitFor('go')))
    run.signal('go', '1')
    expect(run.signal('go', '1')).toEqual([])
    expect(run.status('s1')).toBe('running')
    run.signal('go', '2')
    expect(run.state.status).toBe('completed')
  })

  test('EX-14 W35 W40 a payload that does not satisfy is used up: the next try waits for another', () => {
    const run = new Run(row(waitFor('go', { validate: 'output == 1', retry: RETRIED })))
    run.signal('go', '1', 2)
    run.wait(1_000)
    expect(run.step('s0')).toMatchObject({ status: 'running', failures: 1 })
    run.signal('go', '2', 1)
    expect(run.state.status).toBe('completed')
  })

  test('W40 after the end, or on the way back, a signal wakes nobody', () => {
    const run = new Run(define({ steps: { a: TASK, w: waitFor('go') } }))
    run.begin('a')
    run.cancel()
    run.signal('go', '1')
    expect(run.status('w')).toBe('cancelled')
    run.report({ type: 'attempt-stopped', ...run.name('a') })
    expect(run.signal('go', '2')).toEqual([])
  })
})

describe('waiting for time and for others', () => {
  test('W42 a wait for time ends at its moment, not before, and not when asked early', () => {
    const run = new Run(row({ type: 'wait', on: { kind: 'time', delayMs: 5_000 } }))
    expect(run.wanted.wakeAt).toBe(6_000)
    run.wait(4_999)
    expect(run.status('s0')).toBe('running')
    run.wait(1)
    expect(run.state.status).toBe('completed')
  })

  test('EX-6 W31 W42 a wait has a timeout like any attempt', () => {
    const run = new Run(row(waitFor('go', { timeoutMs: 5_000 })))
    run.wait(5_000)
    expect(run.state).toMatchObject({ status: 'failed', turnedBack: { error: { code: 'timeout' } } })
    const again = new Run(row(waitFor('go', { timeoutMs: 5_000, retry: RETRIED })))
    again.wait(5_000)
    again.wait(1_000)
    expect(again.step('s0')).toMatchObject({ status: 'running', dueAt: 12_000 })
  })

  test('W42 of a wait’s end and its timeout the earlier counts, also when nobody looked until both had passed', () => {
    const timed = (delayMs: number) => row({ type: 'wait', on: { kind: 'time', delayMs }, timeoutMs: 5_000 })
    const over = new Run(timed(4_000))
    const never = new Run(timed(6_000))
    for (const run of [over, never]) run.wait(60_000)
    expect([over.state.status, never.state.turnedBack?.error.code]).toEqual(['completed', 'timeout'])
  })

  const far = row({ type: 'wait', on: { kind: 'step', facility: '"quay"', key: 'input.order', step: 'loaded' } }, TASK)
  const workflow = workflowIdOf('quay', 'o1')

  test('W41 a wait for a step elsewhere names it, and takes its output', () => {
    const run = new Run(far, { order: 'o1' })
    expect(run.wanted.waits).toEqual([{ ref: 0, position: 3, home: 'quay', workflow, step: 'loaded' }])
    run.put({ type: 'step-settled-elsewhere', workflow, step: 'other', succeeded: true, output: 1 })
    run.put({ type: 'step-settled-elsewhere', workflow: workflowIdOf('quay', 'o2'), step: 'loaded', succeeded: true, output: 1 })
    expect(run.status('s0')).toBe('running')
    const settled = { type: 'step-settled-elsewhere', workflow, step: 'loaded', succeeded: true, output: 'ok' } as const
    run.put(settled)
    expect(run.step('s0')).toMatchObject({ status: 'succeeded', output: 'ok' })
    expect(run.put(settled)).toEqual([])
  })

  test('W41 a step elsewhere that will not succeed fails the wait', () => {
    const run = new Run(far, { order: 'o1' })
    run.put({ type: 'step-settled-elsewhere', workflow, step: 'loaded', succeeded: false, output: null })
    expect(run.state).toMatchObject({ status: 'failed', turnedBack: { error: { code: 'dependency-failed' } } })
  })

  test('W41 a place that can not be computed fails the wait', () => {
    expect(new Run(far, {}).state.turnedBack?.error.code).toBe('expression-error')
  })
})
