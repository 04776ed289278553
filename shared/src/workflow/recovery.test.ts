import { describe, expect, test } from 'vitest'
import { define, FUNCTION, Run, TASK } from './test-support.ts'

const undoable = { ...TASK, compensate: 'undo' }

const chain = (rest: object): Run =>
  new Run(
    define({
      steps: { a: undoable, b: undoable, c: TASK },
      links: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
      compensations: { undo: FUNCTION },
      ...rest,
    }),
  )

const failingAtC = (rest: object): Run => {
  const run = chain(rest)
  run.done('a')
  run.done('b')
  run.begin('c')
  run.fail('c')
  return run
}

const statuses = (run: Run) => ['a', 'b', 'c'].map((step) => run.status(step))

describe('PER-5 recovering by itself', () => {
  test('PER-5 W87 retry: what failed is done again, so many times in all, then the failure counts', () => {
    const run = failingAtC({ recovery: { strategy: 'retry', attempts: 2 } })
    expect(statuses(run)).toEqual(['succeeded', 'succeeded', 'ready'])
    for (let again = 0; again < 2; again += 1) {
      run.begin('c')
      run.fail('c')
    }
    expect(run.step('c').attempt).toBe(3)
    expect(run.state.turnedBack).toMatchObject({ outcome: 'failed' })
  })

  test('PER-5 W87 rollback: over the steps that completed last, or to before a named one', () => {
    const over = failingAtC({ recovery: { strategy: 'rollback', steps: 1 } })
    over.succeed('b')
    expect(statuses(over)).toEqual(['succeeded', 'ready', 'pending'])
    const to = failingAtC({ recovery: { strategy: 'rollback', to: 'a' } })
    to.succeed('b')
    to.succeed('a')
    expect(statuses(to)).toEqual(['ready', 'pending', 'pending'])
  })

  test('PER-5 PER-4 W87 restore: back to the latest checkpoint; without one the failure counts', () => {
    const run = failingAtC({ recovery: { strategy: 'restore' }, checkpoints: { every: 'step' } })
    expect(statuses(run)).toEqual(['succeeded', 'succeeded', 'ready'])
    expect(failingAtC({ recovery: { strategy: 'restore' } }).state.turnedBack).toMatchObject({ outcome: 'failed' })
  })

  test('PER-5 RES-7 W87 manual: a person is asked, whichever step it is', () => {
    const run = failingAtC({ recovery: { strategy: 'manual', queue: 'leads' } })
    expect(run.wanted.answers).toMatchObject([{ kind: 'review', step: 'c', queue: 'leads' }])
    run.put({ type: 'review', step: 'c', answer: 'continue', output: 1, comment: '' })
    expect(run.state.status).toBe('completed')
  })

  test('PER-5 W87 what a link takes over needs no recovery', () => {
    const links = [{ from: 'a', to: 'b', trigger: 'fail' }]
    const run = new Run(define({ steps: { a: TASK, b: TASK }, links, recovery: { strategy: 'retry' } }))
    run.begin('a')
    run.fail('a')
    expect([run.status('a'), run.status('b')]).toEqual(['failed', 'ready'])
  })

  test('DEF-2 PER-5 a recovery to a step that is not there is found at once', () => {
    expect(() => chain({ recovery: { strategy: 'rollback', to: 'z' } })).toThrow(/unknown-step.*recovery\.to/)
  })
})

describe('PER-5 recovering as an operator says', () => {
  const failed = (): Run => {
    const run = failingAtC({ checkpoints: { every: 2 } })
    run.succeed('b')
    run.succeed('a')
    expect(run.state.status).toBe('failed')
    return run
  }

  test('PER-5 W28 retry, rollback and restore are those decisions', () => {
    const retried = failed()
    retried.put({ type: 'recover', strategy: 'retry', reason: 'x' })
    expect(statuses(retried)).toEqual(['ready', 'pending', 'pending'])
    const back = failed()
    expect(back.try({ type: 'recover', strategy: 'rollback', reason: 'x', to: 'z' })).toMatchObject({ error: { code: 'no-such-step' } })
    back.put({ type: 'recover', strategy: 'rollback', reason: 'x', to: 'c' })
    expect(statuses(back)).toEqual(['ready', 'pending', 'pending'])
    const restored = failed()
    expect(restored.state.checkpoints).toMatchObject([{ name: 'after-2-steps' }])
    restored.put({ type: 'recover', strategy: 'restore', reason: 'x', checkpoint: 'after-2-steps' })
    expect(restored.state.status).toBe('active')
    expect(failed().try({ type: 'recover', strategy: 'restore', reason: 'x', checkpoint: 'never' })).toMatchObject({
      error: { code: 'no-such-checkpoint', message: 'There is no checkpoint never. It has: after-2-steps.' },
    })
  })

  test('PER-5 RES-7 W28 manual: a person is asked about each step that failed, the rest waits for the answer', () => {
    const run = failed()
    run.put({ type: 'recover', strategy: 'manual', queue: 'leads', reason: 'x' })
    expect(statuses(run)).toEqual(['ready', 'pending', 'validating'])
    run.put({ type: 'review', step: 'c', answer: 'continue', output: 7, comment: '' })
    run.done('a')
    run.done('b')
    expect(run.state.status).toBe('completed')
  })
})

describe('PER-4 checkpoints', () => {
  test('PER-4 W88 by hand, after each step, and after every so many', () => {
    const run = chain({ checkpoints: { every: 2 } })
    run.put({ type: 'checkpoint', name: 'before the lift' })
    run.done('a')
    run.done('b')
    expect(run.state.checkpoints.map(({ name }) => name)).toEqual(['before the lift', 'after-2-steps'])
    const each = chain({ checkpoints: { every: 'step' } })
    for (const step of ['a', 'b', 'c']) each.done(step)
    expect(each.state.checkpoints.map(({ completions }) => completions)).toEqual([1, 2])
  })

  test('PER-4 W88 by time, as long as something happens', () => {
    const run = chain({ checkpoints: { every: '10s' } })
    run.wait(9_999)
    expect(run.state.checkpoints).toEqual([])
    expect(run.wanted.wakeAt).toBe(run.now + 1)
    run.wait(1)
    expect(run.state.checkpoints).toHaveLength(1)
    run.wait(60_000)
    expect(run.state.checkpoints).toHaveLength(1)
    expect(run.wanted.wakeAt).toBeUndefined()
    run.begin('a')
    expect(run.state.checkpoints).toHaveLength(2)
  })

  test('PER-4 W88 the latest are kept in the state, and going back to one goes over what settled since', () => {
    const run = chain({})
    run.done('a')
    for (let count = 0; count < 30; count += 1) run.put({ type: 'checkpoint', name: `c${count}` })
    expect(run.state.checkpoints).toHaveLength(20)
    run.done('b')
    run.put({ type: 'restore', reason: 'x', checkpoint: 'c29' })
    run.succeed('b')
    expect(statuses(run)).toEqual(['succeeded', 'ready', 'pending'])
  })
})
