import { describe, expect, test } from 'vitest'
import { define, FUNCTION, Run, TASK } from './test-support.ts'

const diamond = (join: unknown, links: object[] = []) =>
  define({
    steps: { a: TASK, b: TASK, c: TASK, d: { ...TASK, join }, onlyifb: TASK },
    links: [{ from: 'a', to: 'd' }, { from: 'b', to: 'd' }, { from: 'c', to: 'd' }, { from: 'b', to: 'onlyifb' }, ...links],
  })

describe('joins', () => {
  test('EX-1 EX-4 W11 independent steps are all offered at once, and the workflow completes when every step has settled', () => {
    const run = new Run(diamond('all'))
    expect(run.wanted.offers.map(({ ref }) => ref)).toEqual([0, 1, 2])
    for (const step of ['b', 'a', 'onlyifb', 'c']) run.done(step)
    expect(run.state.status).toBe('active')
    run.done('d')
    expect(run.state.status).toBe('completed')
    expect(run.state.endedAt).toBe(run.now)
  })

  test('EX-4 W11 all waits for the last, any for the first, a number for so many', () => {
    for (const [join, needed] of [
      ['all', 3],
      ['any', 1],
      [2, 2],
    ] as const) {
      const run = new Run(diamond(join))
      const ready = ['a', 'b', 'c'].map((step) => {
        run.done(step)
        return run.status('d')
      })
      expect([join, ready.indexOf('ready') + 1]).toEqual([join, needed])
    }
  })

  test('EX-3 W11 a join that has been answered is not answered again', () => {
    const run = new Run(diamond('any'))
    run.done('a')
    run.done('d')
    run.done('b')
    run.done('c')
    expect(run.story.filter((line) => line === 'step-ready d')).toHaveLength(1)
  })

  test('EX-4 W12 a path that died counts as decided: all that still can, have sent', () => {
    const run = new Run(
      define({
        steps: { a: TASK, b: TASK, c: TASK, d: TASK },
        links: [
          { from: 'a', to: 'b', when: 'output == 1' },
          { from: 'a', to: 'c' },
          { from: 'b', to: 'd' },
          { from: 'c', to: 'd' },
        ],
      }),
    )
    run.done('a', 2)
    expect(run.status('b')).toBe('skipped')
    run.done('c')
    expect(run.status('d')).toBe('ready')
  })

  test('EX-1 W12 death travels: what nobody can reach any more is skipped, down to the end', () => {
    const run = new Run(
      define({
        steps: { a: TASK, b: TASK, c: TASK, d: { ...TASK, join: 2 }, e: TASK },
        links: [
          { from: 'a', to: 'b', when: 'false' },
          { from: 'b', to: 'd' },
          { from: 'c', to: 'd' },
          { from: 'd', to: 'e' },
        ],
      }),
    )
    run.done('a')
    expect(['b', 'd', 'e'].map((step) => run.status(step))).toEqual(['skipped', 'skipped', 'skipped'])
    run.done('c')
    expect(run.state.status).toBe('completed')
  })
})

describe('triggers', () => {
  const rescue = (trigger: string) => define({ steps: { a: TASK, b: TASK }, links: [{ from: 'a', to: 'b', trigger }] })

  test('W13 complete follows success only, fail failure only, all either', () => {
    for (const [trigger, onSuccess, onFailure] of [
      ['complete', 'ready', 'cancelled'],
      ['fail', 'skipped', 'ready'],
      ['all', 'ready', 'ready'],
    ] as const) {
      const happy = new Run(rescue(trigger))
      happy.done('a')
      const sad = new Run(rescue(trigger))
      sad.begin('a')
      sad.fail('a')
      expect([trigger, happy.status('b'), sad.status('b')]).toEqual([trigger, onSuccess, onFailure])
    }
  })

  test('W13 a failure that nobody takes over turns the workflow back', () => {
    const run = new Run(rescue('complete'))
    run.begin('a')
    run.fail('a', 'broken')
    expect(run.state).toMatchObject({ status: 'failed', turnedBack: { step: 0, error: { code: 'broken' } } })
  })

  test('W14 a fail link whose condition does not hold takes nothing over', () => {
    const run = new Run(define({ steps: { a: TASK, b: TASK }, links: [{ from: 'a', to: 'b', trigger: 'fail', when: 'false' }] }))
    run.begin('a')
    run.fail('a')
    expect(run.state.status).toBe('failed')
  })

  test('W14 a condition that can not be evaluated fails the workflow, and the work stays done and is undone', () => {
    const run = new Run(
      define({
        steps: { a: { ...TASK, compensate: 'undo' }, b: TASK },
        links: [{ from: 'a', to: 'b', when: 'output.missing == 1' }],
        compensations: { undo: FUNCTION },
      }),
    )
    run.done('a', {})
    expect(run.status('a')).toBe('compensating')
    expect(run.state.turnedBack).toMatchObject({ outcome: 'failed', error: { code: 'expression-error' } })
    run.succeed('a')
    expect(run.state.status).toBe('failed')
  })
})
