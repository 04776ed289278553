import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prng } from '../testing/prng.ts'
import { randomWorkflow } from './random-definition-support.ts'
import { World } from './random-support.ts'
import { define, RETRIED, Run, TASK } from './test-support.ts'
import { timingsOf } from './timings.ts'

const PAIR = define({
  steps: { pick: { ...TASK, retry: RETRIED }, pack: TASK },
  links: [{ from: 'pick', to: 'pack' }],
})

describe('OBS-3 how long things took', () => {
  test('OBS-3 waiting and working are told apart, over all attempts', () => {
    const run = new Run(PAIR)
    run.wait(10)
    run.begin('pick')
    run.wait(20)
    run.fail('pick', 'network', true)
    run.wait(1_000)
    run.begin('pick')
    run.wait(5)
    run.succeed('pick')
    run.wait(7)
    const { steps, elapsedMs, failures } = timingsOf(run.log, run.now)
    expect(steps).toEqual([
      { ref: 0, queuedMs: 1_010, workingMs: 25, elapsedMs: 1_035, attempts: 2, failures: 1 },
      { ref: 1, queuedMs: 7, workingMs: 0, elapsedMs: 7, attempts: 0, failures: 0 },
    ])
    expect([elapsedMs, failures]).toEqual([1_042, 1])
  })

  test('OBS-3 after the end nothing grows any more', () => {
    const run = new Run(define({ steps: { pick: TASK } }))
    run.wait(3)
    run.done('pick')
    expect(timingsOf(run.log, run.now + 1_000_000)).toEqual(timingsOf(run.log, run.now))
  })

  test('OBS-3 in any world every step spends exactly its time in waiting and working until it is over, and none outlasts its workflow', () => {
    const diceOf = (seed: string): Prng => new Prng(seed)
    fc.assert(
      fc.property(randomWorkflow(20, diceOf), (random) => {
        const world = new World(random, { interference: 0.1, maxMoves: 3_000 })
        world.live()
        const { steps, elapsedMs } = timingsOf(world.run.log, world.run.now)
        for (const { queuedMs, workingMs, elapsedMs: ofStep } of steps) {
          expect(queuedMs + workingMs).toBeLessThanOrEqual(ofStep)
          expect(ofStep).toBeLessThanOrEqual(elapsedMs)
        }
      }),
      { numRuns: 40 },
    )
  })
})
