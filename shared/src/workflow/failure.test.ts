import { describe, expect, test } from 'vitest'
import { explain } from './explain.ts'
import { define, FUNCTION, RETRIED, Run, TASK } from './test-support.ts'

const undoable = { ...TASK, compensate: 'undo' }
const compensations = { undo: FUNCTION }

/** Two branches from a fork to a join: a, b, c and x, y. */
const forked = (rest: object) =>
  define({
    steps: { a: undoable, b: undoable, c: TASK, x: TASK, end: TASK },
    links: [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'a', to: 'x' },
      { from: 'c', to: 'end' },
      { from: 'x', to: 'end' },
    ],
    compensations,
    ...rest,
  })

const failingAt = (rest: object): Run => {
  const run = new Run(forked(rest))
  run.done('a')
  run.done('b')
  run.begin('c')
  run.fail('c')
  return run
}

describe('EX-12 going on without', () => {
  test('EX-12 W80 what failed is given up, what needs it alone is not needed, and the workflow completes and says so', () => {
    const run = failingAt({ onFailure: 'continue' })
    expect(run.state.turnedBack).toBeUndefined()
    run.done('x')
    run.done('end')
    expect(run.state.status).toBe('completed')
    expect(explain(run.definition, run.state)).toBe('Completed. Given up: c.')
  })

  test('EX-12 W80 an optional step alone, while the failure of any other takes the workflow back', () => {
    const definition = define({ steps: { a: { ...TASK, optional: true }, b: TASK } })
    const run = new Run(definition)
    run.begin('a')
    run.fail('a')
    run.begin('b')
    run.fail('b')
    expect(run.state).toMatchObject({ status: 'failed', turnedBack: { step: 1 } })
  })

  test('EX-12 EX-9 W80 W28 what was given up can be done after all, while the workflow runs and after it has completed', () => {
    const run = failingAt({ onFailure: 'continue' })
    expect(run.try({ type: 'retry', reason: 'x', step: 'x' })).toMatchObject({ error: { code: 'nothing-to-retry' } })
    run.put({ type: 'retry', reason: 'the dock is free', step: 'c' })
    run.begin('c')
    run.fail('c')
    run.done('x')
    run.done('end')
    run.put({ type: 'retry', reason: 'the dock is free' })
    run.done('c')
    expect(run.state.status).toBe('completed')
    expect(explain(run.definition, run.state)).toBe('Completed.')
  })
})

describe('RES-3 the scope of undoing', () => {
  test('RES-3 EX-12 W81 a branch alone is undone and given up; the fork and the other branch stay', () => {
    const run = new Run(forked({ onFailure: 'compensate-branch' }))
    run.done('a')
    run.done('b')
    run.begin('x')
    run.begin('c')
    run.fail('c')
    expect(run.wanted.calls).toMatchObject([{ ref: run.ref('b'), purpose: 'compensate' }])
    run.succeed('b')
    expect(['a', 'b', 'c', 'x'].map((step) => run.status(step))).toEqual(['succeeded', 'compensated', 'failed', 'running'])
    run.succeed('x')
    run.done('end')
    expect(run.state.status).toBe('completed')
    expect(explain(run.definition, run.state)).toBe('Completed. Given up: b, c.')
  })

  test('RES-3 W81 a branch that reaches back to every beginning is the whole workflow', () => {
    const chain = define({
      steps: { a: undoable, b: TASK },
      links: [{ from: 'a', to: 'b' }],
      compensations,
      onFailure: 'compensate-branch',
    })
    const run = new Run(chain)
    run.done('a')
    run.begin('b')
    run.fail('b')
    run.succeed('a')
    expect([run.status('a'), run.state.status]).toEqual(['compensated', 'failed'])
  })

  test('RES-3 W82 undoing halts at what could not be undone, if the definition says so; else it goes on', () => {
    const withPolicy = (onError: string): Run => {
      const run = failingAt({ compensation: { onError } })
      run.report({ type: 'attempt-stopped', ...run.name('x') })
      run.fail('b')
      return run
    }
    const halted = withPolicy('halt')
    expect(halted.state).toMatchObject({ status: 'failed', turnedBack: { error: { code: 'undo-failed' } } })
    expect([halted.status('a'), halted.status('b')]).toEqual(['succeeded', 'failed'])
    const goingOn = withPolicy('continue')
    expect(goingOn.wanted.calls).toMatchObject([{ ref: goingOn.ref('a'), purpose: 'compensate' }])
  })

  test('RES-3 W82 a cancel that could not be carried through ends failed', () => {
    const run = new Run(define({ steps: { a: undoable, b: TASK }, compensations, compensation: { onError: 'halt' } }))
    run.done('a')
    run.cancel()
    run.fail('a')
    expect(run.state.status).toBe('failed')
    expect(explain(run.definition, run.state)).toContain('a could not be undone')
  })
})

describe('RES-2 a budget of retries', () => {
  const retried = { ...TASK, retry: RETRIED }

  test('RES-2 W83 all steps draw on it; once it is spent a failure is for good', () => {
    const run = new Run(define({ steps: { a: retried, b: retried }, retryBudget: 1 }))
    run.begin('a')
    run.fail('a', 'network')
    run.now += 1_000
    run.begin('b')
    run.fail('b', 'network')
    expect(run.step('b')).toMatchObject({ status: 'failed', failures: 0, error: { code: 'network' } })
    expect(run.step('b').error?.message).toContain('budget of retries is spent')
  })

  test('RES-2 W83 undoing does not draw on it, and a retry of the workflow begins with a full one', () => {
    const again = { undo: { ...FUNCTION, retry: RETRIED } }
    const run = new Run(define({ steps: { a: { ...undoable, retry: RETRIED }, b: retried }, compensations: again, retryBudget: 1 }))
    run.done('a')
    run.begin('b')
    run.fail('b', 'network')
    run.now += 1_000
    run.begin('b')
    run.fail('b', 'network')
    run.fail('a', 'network')
    expect(run.status('a')).toBe('compensating')
    run.wait(1_000)
    run.succeed('a')
    run.put({ type: 'retry', reason: 'the line is mended' })
    run.done('a')
    run.begin('b')
    run.fail('b', 'network')
    expect(run.status('b')).toBe('ready')
  })
})

describe('RES-5 dead letters', () => {
  test('RES-5 W84 what failed for good can be discarded; the error and the attempts stay on record', () => {
    const run = failingAt({ onFailure: 'continue' })
    expect(run.try({ type: 'discard', step: 'x', reason: 'x' })).toMatchObject({ error: { code: 'no-dead-letter' } })
    run.put({ type: 'discard', step: 'c', reason: 'never again' })
    expect(run.put({ type: 'discard', step: 'c', reason: 'never again' })).toEqual([])
    expect(run.step('c')).toMatchObject({ status: 'failed', discarded: true, attempt: 1, error: { code: 'broken' } })
  })

  test('RES-5 W84 discarding is no obstacle to a later retry, nor is the end of the workflow to discarding', () => {
    const run = failingAt({ onFailure: 'stop' })
    run.report({ type: 'attempt-stopped', ...run.name('x') })
    expect(run.state.status).toBe('failed')
    run.put({ type: 'discard', step: 'c', reason: 'never again' })
    run.put({ type: 'retry', reason: 'after all' })
    expect(run.step('c')).toMatchObject({ status: 'ready', discarded: undefined })
  })
})
