import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Prng } from '../testing/prng.ts'
import { drawingOn } from './drawing.ts'
import { evolve } from './evolve.ts'
import { randomWorkflow } from './random-definition-support.ts'
import { World } from './random-support.ts'
import type { WorkflowState } from './state.ts'
import { define, FUNCTION, Run } from './test-support.ts'
import { wanted } from './wanted.ts'

const RUNS = { numRuns: Number(process.env.HOLDFAST_RUNS ?? 60) }

test('E5 W17 what is drawn from what was drawn before is what is drawn anew, whatever happened in between', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(
      randomWorkflow(60, (seed) => new Prng(seed)),
      gaps,
      (random, turns) => {
        const { run } = aLife(random)
        const [closely, now] = [drawingOn(0), drawingOn(0)]
        let state: WorkflowState | undefined
        let next = 0
        run.log.forEach((entry, position) => {
          state = evolve(state, entry)
          if (state === undefined) return
          const anew = JSON.stringify(wanted(run.definition, run.id, state, run.gates))
          expect(JSON.stringify(wanted(run.definition, run.id, state, run.gates, closely))).toBe(anew)
          if (position < next) return
          expect(JSON.stringify(wanted(run.definition, run.id, state, run.gates, now))).toBe(anew)
          next = position + (turns[position % turns.length] ?? 1)
        })
      },
    ),
    RUNS,
  )
})

const aLife = (random: ConstructorParameters<typeof World>[0]): World => {
  const world = new World(random, { interference: 0.2, maxMoves: 3_000 })
  world.live()
  world.aftermath()
  return world
}

test('E5 W17 what is wanted still is the very same; what is not is drawn once', () => {
  const definition = define({ steps: { all: { type: 'map', over: 'input.list', each: FUNCTION } } })
  const run = new Run(definition, { list: [1, 2, 3] })
  const draw = drawingOn(0)
  const before = wanted(definition, run.id, run.state, run.gates, draw).calls
  const [first] = before
  if (first === undefined) throw new Error('three calls are wanted')
  const { ref, attempt, purpose } = first
  run.report({ type: 'attempt-succeeded', output: null, ref, attempt, purpose })
  const after = wanted(definition, run.id, run.state, run.gates, draw).calls
  expect(after).toHaveLength(2)
  expect(after.every((call, place) => call === before[place + 1])).toBe(true)
})
