import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prng } from '../testing/prng.ts'
import { attemptOf } from './attempt.ts'
import { EVENT_SCHEMAS } from './event.ts'
import { evolve } from './evolve.ts'
import { explain } from './explain.ts'
import { statusPath } from './path.ts'
import { randomDefinition, randomWorkflow } from './random-definition-support.ts'
import { World } from './random-support.ts'
import type { WorkflowState } from './state.ts'
import { STATUS_PATHS } from './status.ts'
import { fold, picture, type Run, throughCodec } from './test-support.ts'

/** HOLDFAST_RUNS asks for more: worlds a property. */
const RUNS = { numRuns: Number(process.env.HOLDFAST_RUNS ?? 80) }
const MAX_STEPS = 200
const MAX_MOVES = 20_000

const diceOf = (seed: string): Prng => new Prng(seed)

/** Steps whose work stands and can be undone, the latest last. */
const toUndo = ({ definition }: Run, { steps }: WorkflowState, refs: readonly number[]): readonly number[] =>
  refs
    .flatMap((ref) => {
      const step = steps[ref]
      const isDone = step?.status === 'succeeded' || step?.doneLate === true || step?.alreadyDone === true
      return step !== undefined && isDone && attemptOf(definition, step, 'compensate') !== undefined ? [{ ref, step }] : []
    })
    .sort((a, b) => (a.step.completion ?? 0) - (b.step.completion ?? 0))
    .map(({ ref }) => ref)

/** Along the log: what is undone is the latest that stands of what goes back, and at the end of a way back nothing of it stands. */
const undoings = (
  run: Run,
): { readonly undone: readonly number[]; readonly expected: readonly number[]; readonly left: readonly number[] } => {
  const undone: number[] = []
  const expected: number[] = []
  const left: number[] = []
  let state: WorkflowState | undefined
  for (const entry of run.log) {
    const { event } = entry
    const back = state?.turnedBack
    const stands = state === undefined || back === undefined ? [] : toUndo(run, state, [...(back.scope ?? state.steps.keys())])
    if (event.type === 'compensating') {
      undone.push(event.ref)
      expected.push(stands.at(-1) ?? -1)
    }
    const isEnd = event.type === 'failed' || event.type === 'cancelled' || event.type === 'rewound' || event.type === 'given-up'
    if (isEnd && back?.compensate === true) left.push(...stands)
    state = evolve(state, entry)
  }
  return { undone, expected, left }
}

describe('any definition, any world', () => {
  test('the worlds reach every kind of event that a workflow can have', () => {
    const reached = new Set<string>()
    for (let seed = 0; seed < 300; seed += 1) {
      const definition = randomDefinition(diceOf(`definition ${seed}`), 1 + (seed % 25))
      const world = new World({ definition, seed, dice: diceOf(`world ${seed}`) }, { interference: 0.2, maxMoves: 5_000 })
      world.live()
      world.aftermath()
      for (const { event } of world.run.log) reached.add(event.type)
      if (world.run.state.steps.some(({ doneLate }) => doneLate)) reached.add('done late')
    }
    const elsewhere = [
      'verdict',
      'follow-up-wanted',
      'follow-up-started',
      'migrated',
      'agent-registered',
      'agent-came',
      'agent-went',
      'breaker-opened',
      'breaker-half-opened',
      'breaker-closed',
      'handed-over',
    ]
    const missing = [...Object.keys(EVENT_SCHEMAS), 'done late'].filter((type) => !reached.has(type) && !elsewhere.includes(type))
    expect(missing).toEqual([])
  })

  test('I19 W10 it always ends, and wants something until then', () => {
    fc.assert(
      fc.property(randomWorkflow(MAX_STEPS, diceOf), (random) => {
        const world = new World(random, { interference: 0, maxMoves: MAX_MOVES })
        expect(world.live()).toBe(true)
      }),
      RUNS,
    )
  })

  test('I18 PER-1 W1 what is written down folds to the state that lived, at every event', () => {
    fc.assert(
      fc.property(randomWorkflow(MAX_STEPS, diceOf), (random) => {
        const world = new World(random, { interference: 0.1, maxMoves: MAX_MOVES })
        world.live()
        world.aftermath()
        world.run.checkReplay()
        const read = throughCodec(world.run.log)
        const half = Math.floor(read.length / 2)
        expect(picture(fold(read.slice(0, half)))).toBe(picture(fold(world.run.log.slice(0, half))))
      }),
      RUNS,
    )
  })

  test('I18 W2 it ends under any interference, and what comes afterwards changes no outcome', () => {
    fc.assert(
      fc.property(randomWorkflow(MAX_STEPS, diceOf), (random) => {
        const world = new World(random, { interference: 0.2, maxMoves: MAX_MOVES })
        expect(world.live()).toBe(true)
        const { status } = world.run.state
        world.aftermath()
        expect(world.run.state.status).toBe(status)
      }),
      RUNS,
    )
  })

  test('RES-3 EX-8 I21 W20 W21 on every way back exactly what was completed is undone, the latest first', () => {
    fc.assert(
      fc.property(randomWorkflow(MAX_STEPS, diceOf), (random) => {
        const world = new World(random, { interference: 0.1, maxMoves: MAX_MOVES })
        world.live()
        const { undone, expected, left } = undoings(world.run)
        expect(undone).toEqual(expected)
        expect(left).toEqual([])
      }),
      RUNS,
    )
  })

  test('SM-1 a path and a sentence for every state on the way', () => {
    fc.assert(
      fc.property(randomWorkflow(15, diceOf), (random) => {
        const world = new World(random, { interference: 0.1, maxMoves: 3_000 })
        world.live()
        for (let length = 1; length <= world.run.log.length; length += 1) {
          const state = fold(world.run.log.slice(0, length))
          if (state === undefined) throw new Error('a log begins with its creation')
          expect([...STATUS_PATHS, `active.${state.stage}`]).toContain(statusPath(state))
          expect(explain(world.run.definition, state)).toMatch(/\S.*[.)]/)
        }
      }),
      { numRuns: 40 },
    )
  })
})
