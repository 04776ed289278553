import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { remainingMs, type Usual } from './forecast.ts'
import { define, Run, TASK } from './test-support.ts'

const DIAMOND = define({
  steps: { a: TASK, long: TASK, short: TASK, z: TASK },
  links: [
    { from: 'a', to: 'long' },
    { from: 'a', to: 'short' },
    { from: 'long', to: 'z' },
    { from: 'short', to: 'z' },
  ],
})
const working = (workingMs: number | undefined): Usual | undefined => (workingMs === undefined ? undefined : { queuedMs: 0, workingMs })
const USUAL = [10, 50, 20, 5]
const usual = (step: number): Usual | undefined => working(USUAL[step])

describe('OBS-2 how long it will take', () => {
  test('OBS-2 the longest way through what is left, less what the steps under way have had', () => {
    const run = new Run(DIAMOND)
    const left = (): number | undefined => remainingMs(run.definition, run.state, usual, run.now)
    expect(left()).toBe(65)
    run.begin('a')
    run.wait(4)
    expect(left()).toBe(61)
    run.succeed('a')
    expect(left()).toBe(55)
    run.done('long')
    expect(left()).toBe(25)
    run.done('short')
    run.begin('z')
    run.wait(1_000)
    expect(left()).toBe(0)
  })

  test('OBS-2 a step that is usually waited for is waited for, until it has begun', () => {
    const run = new Run(define({ steps: { a: TASK } }))
    const left = (): number | undefined => remainingMs(run.definition, run.state, () => ({ queuedMs: 30, workingMs: 40 }), run.now)
    run.wait(10)
    expect(left()).toBe(60)
    run.begin('a')
    expect(left()).toBe(40)
  })

  test('OBS-2 nothing is said of what nobody knows, of what stands still and of what has ended', () => {
    const run = new Run(DIAMOND)
    expect(remainingMs(run.definition, run.state, () => undefined, run.now)).toBeUndefined()
    run.put({ type: 'pause' })
    expect(remainingMs(run.definition, run.state, usual, run.now)).toBeUndefined()
    run.cancel()
    expect(remainingMs(run.definition, run.state, usual, run.now)).toBeUndefined()
  })

  test('OBS-2 a wait for a moment ends at that moment, whatever is usual', () => {
    const run = new Run(define({ steps: { rest: { type: 'wait', on: { kind: 'time', delayMs: 500 } } } }))
    run.wait(100)
    expect(remainingMs(run.definition, run.state, () => undefined, run.now)).toBe(400)
  })

  test('OBS-2 when steps take what they usually take, what is left is right to the millisecond at every moment', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }), (durations) => {
        const steps = Object.fromEntries(durations.map((_, number) => [`s${number}`, TASK]))
        const links = durations.slice(1).map((_, number) => ({ from: `s${number}`, to: `s${number + 1}` }))
        const run = new Run(define({ steps, links }))
        const end = run.now + durations.reduce((sum, each) => sum + each, 0)
        durations.forEach((duration, number) => {
          run.begin(`s${number}`)
          expect(remainingMs(run.definition, run.state, (step) => working(durations[step]), run.now)).toBe(end - run.now)
          run.wait(duration)
          run.succeed(`s${number}`)
        })
      }),
    )
  })
})
