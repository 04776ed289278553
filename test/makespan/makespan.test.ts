/** The engine wastes no time: shapes of many kinds, run in virtual time and held against what can be said of them beforehand. */
import { Prng } from '@holdfast/shared/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { criticalPathOf, grahamBound, longestPathOf, type TaskGraph, workOf } from './graph.ts'
import { SCIENTIFIC } from './scientific.ts'
import { SHAPES } from './shapes.ts'
import { runInVirtualTime } from './virtual-run.ts'

const ALL_SHAPES = [...SHAPES, ...SCIENTIFIC]

const shaped = fc
  .record({ shape: fc.constantFrom(...ALL_SHAPES), steps: fc.integer({ min: 4, max: 60 }), seed: fc.nat(1_000_000) })
  .map(({ shape, steps, seed }) => shape(steps, new Prng(`shape ${seed}`)))

/** Any graph without cycles, with joins of all kinds. */
const anyGraph = fc.record({ steps: fc.integer({ min: 1, max: 30 }), seed: fc.nat(1_000_000) }).map(({ steps, seed }): TaskGraph => {
  const draws = new Prng(`graph ${seed}`)
  const ids = Array.from({ length: steps }, (_, step) => `s${step}`)
  const sources = ids.map((_, step) => draws.shuffle(Array.from({ length: step }, (_, source) => source)).slice(0, draws.between(0, 3)))
  const needs = sources.flatMap(({ length }, step) => (length > 1 && draws.chance(0.5) ? [[step, draws.between(1, length)] as const] : []))
  return {
    name: 'any',
    ids,
    durationsMs: ids.map(() => draws.between(0, 50)),
    links: sources.flatMap((froms, to) => froms.map((from) => [from, to] as const)),
    needs: new Map(needs),
  }
})

const agents = fc.integer({ min: 1, max: 8 })
const RUNS = { numRuns: 60 }

describe('EX-4 with as many agents as steps', () => {
  test('EX-4 a published shape takes exactly its critical path', () =>
    fc.assert(
      fc.asyncProperty(shaped, async (graph) => {
        const { makespanMs } = await runInVirtualTime(graph)
        expect(makespanMs).toBe(criticalPathOf(graph))
        expect(makespanMs).toBe(longestPathOf(graph))
      }),
      RUNS,
    ))

  test('EX-4 DEF-3 any graph, whatever its joins, takes exactly its critical path', () =>
    fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        expect((await runInVirtualTime(graph)).makespanMs).toBe(criticalPathOf(graph))
      }),
      RUNS,
    ))
})

describe('LIM-2 with m agents', () => {
  test("LIM-2 it never takes longer than Graham's bound, and never less than can be", () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(shaped, anyGraph), agents, async (graph, m) => {
        const { makespanMs, mostAtWork } = await runInVirtualTime(graph, m)
        expect(makespanMs).toBeLessThanOrEqual(grahamBound(graph, m))
        expect(makespanMs).toBeGreaterThanOrEqual(Math.max(criticalPathOf(graph), workOf(graph) / m))
        expect(mostAtWork).toBeLessThanOrEqual(m)
      }),
      RUNS,
    ))

  test('LIM-2 one agent alone takes exactly the work', () =>
    fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        expect((await runInVirtualTime(graph, 1)).makespanMs).toBe(workOf(graph))
      }),
      RUNS,
    ))
})

describe('EX-2 EX-4 large shapes', () => {
  /** Whole minutes, so that much ends at one moment: that many reports must be one turn's work. */
  const coarse = (graph: TaskGraph): TaskGraph => ({
    ...graph,
    durationsMs: graph.durationsMs.map((ms) => 60_000 * Math.ceil(ms / 60_000)),
  })
  const LARGE = 9_900
  const AGENTS = 512

  test.each(ALL_SHAPES.map((shape) => coarse(shape(LARGE, new Prng('large')))))(
    'EX-2 EX-4 $name of $ids.length steps',
    { timeout: 300_000 },
    async (graph) => {
      expect((await runInVirtualTime(graph)).makespanMs).toBe(criticalPathOf(graph))
      const { makespanMs } = await runInVirtualTime(graph, AGENTS)
      expect(makespanMs).toBeLessThanOrEqual(grahamBound(graph, AGENTS))
    },
  )
})
