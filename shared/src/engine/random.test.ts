import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { Prng } from '../testing/prng.ts'
import type { Json } from '../values/json.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { randomFamily, type Shape } from './random-definitions-support.ts'
import { type Fortune, type Happening, liveThrough } from './random-life-support.ts'

/** HOLDFAST_RUNS asks for more: families a property. */
const RUNS = { numRuns: Math.ceil(Number(process.env.HOLDFAST_RUNS ?? 80) / 4) }
const LEVELS = 3
const MAX_STEPS = 12

const happening = (...kinds: readonly Happening[]) =>
  fc.array(fc.record({ move: fc.nat(40), what: fc.constantFrom(...kinds) }), { maxLength: 8 })

const families = (shape: Shape) =>
  fc
    .record({ seed: fc.nat(2 ** 31 - 1), levels: fc.integer({ min: 1, max: LEVELS }), steps: fc.integer({ min: 1, max: MAX_STEPS }) })
    .map(({ seed, levels, steps }) => randomFamily(new Prng(`family ${seed}`), shape, levels, steps))

const outcomeOf = (family: readonly CompiledDefinition[], fortune: Fortune = []): Promise<Json> =>
  liveThrough(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }), family, fortune)

describe.each(['parallel', 'chain'] as const)('any family of definitions, %s', (shape) => {
  test('PER-3 PER-4 E5 E15 I18 deaths, pauses, absences and repetitions change no outcome', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(families(shape), happening('kill', 'kill', 'pause', 'resume', 'away', 'back', 'twice'), async (family, fortune) => {
        expect(await outcomeOf(family, fortune)).toEqual(await outcomeOf(family))
      }),
      RUNS,
    )
  })

  test('PER-4 I21 what is gone back over and done again ends as it would have', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(families(shape), happening('kill', 'pause', 'resume', 'restore'), async (family, fortune) => {
        expect(await outcomeOf(family, fortune)).toEqual(await outcomeOf(family))
      }),
      RUNS,
    )
  })
})
