import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { Prng } from '../testing/prng.ts'
import { isJsonObject } from '../values/json.ts'
import { randomDefinition } from './random-definition-support.ts'
import { World } from './random-support.ts'
import { isTerminal } from './status.ts'
import { define, FUNCTION, RETRIED, Run, TASK } from './test-support.ts'

const ONE = define({
  version: 1,
  steps: { pick: { ...TASK, compensate: 'back' }, pack: TASK, ship: TASK },
  links: [
    { from: 'pick', to: 'pack' },
    { from: 'pack', to: 'ship' },
  ],
  compensations: { back: TASK },
})
/** Steps in another order, one more in between, and one by another name. */
const TWO = define({
  version: 2,
  steps: { send: TASK, weigh: { ...TASK, input: { packed: 'steps.pack.output' } }, pack: TASK, pick: { ...TASK, compensate: 'back' } },
  links: [
    { from: 'pick', to: 'pack' },
    { from: 'pack', to: 'weigh' },
    { from: 'weigh', to: 'send' },
  ],
  compensations: { back: TASK },
})

const knowing = (run: Run, ...known: readonly CompiledDefinition[]): Run => {
  run.node = { definitionOf: (hash) => known.find((each) => each.hash === hash) }
  return run
}
const to = (definition: CompiledDefinition, mapping?: { readonly [step: string]: string }) =>
  ({ type: 'migrate', definition: definition.hash, ...(mapping === undefined ? {} : { mapping }) }) as const

const reasons = (run: Run, definition: CompiledDefinition, mapping?: { readonly [step: string]: string }): readonly unknown[] => {
  const tried = run.try(to(definition, mapping))
  const { details } = tried.ok ? {} : tried.error
  const errors = details !== undefined && isJsonObject(details) ? details.errors : []
  return Array.isArray(errors) ? errors : []
}

describe('DEF-5 moving to another version', () => {
  test('DEF-5 W95 what is done stays done, what is new is done, and it ends under the new version', () => {
    const run = knowing(new Run(ONE), TWO)
    run.done('pick', 'here')
    run.put(to(TWO, { ship: 'send' }))
    run.follow(TWO)
    expect(run.state).toMatchObject({ definition: TWO.hash, version: 2, status: 'active' })
    expect(run.step('pick')).toMatchObject({ status: 'succeeded', output: 'here' })
    run.done('pack', 7)
    expect(run.step('weigh').input).toEqual({ packed: 7 })
    run.done('weigh')
    run.done('send')
    expect(run.state.status).toBe('completed')
  })

  test('DEF-5 W95 a new way out of what has settled is taken at once', () => {
    const run = knowing(new Run(ONE), TWO)
    for (const step of ['pick', 'pack']) run.done(step)
    run.put(to(TWO, { ship: 'send' }))
    run.follow(TWO)
    expect([run.status('weigh'), run.status('send')]).toEqual(['ready', 'ready'])
  })

  test('DEF-5 W96 whoever is at work, and whatever would be lost, is a reason against it; all are told, and nothing has changed', () => {
    const run = knowing(new Run(ONE), TWO)
    run.done('pick')
    run.begin('pack')
    expect(reasons(run, TWO, { ship: 'send' })).toEqual(['pack is at work; pause the workflow and wait until it is not'])
    run.succeed('pack')
    const bad = define({ version: 3, steps: { ship: FUNCTION, pack: FUNCTION }, inputSchema: { type: 'object', required: ['n'] } })
    knowing(run, bad)
    expect(reasons(run, bad, { nothing: 'ship', pack: 'ghost' })).toEqual([
      'there is no step nothing to be mapped',
      'there is no step ghost to map pack to',
      expect.stringContaining("the workflow's input does not fit: n"),
      'pick is succeeded and has no place in the other definition',
      'pack is succeeded and has no place in the other definition',
      'ship is a task and would become a function',
    ])
    const plain = define({ version: 4, steps: { pick: TASK, pack: TASK, ship: TASK } })
    knowing(run, plain)
    expect(reasons(run, plain)).toEqual(['what pick did could not be undone any more'])
    expect(reasons(run, plain, { pick: 'pack' })).toContain("pick and pack can't both become pack")
    expect(run.state.version).toBe(1)
  })

  test('DEF-5 another kind of workflow, or one that nobody here knows, is refused; the same version changes nothing', () => {
    const other = define({ name: 'other', steps: { pick: TASK } })
    const run = knowing(new Run(ONE), other)
    expect(run.try(to(other))).toMatchObject({ ok: false, error: { code: 'other-definition' } })
    expect(run.try(to(TWO))).toMatchObject({ ok: false, error: { code: 'unknown-definition' } })
    expect(run.put(to(ONE))).toEqual([])
    run.cancel()
    run.put({ type: 'tick' })
    expect(run.try(to(TWO))).toMatchObject({ ok: false, error: { code: 'illegal-transition' } })
  })

  test('DEF-5 RES-6 W97 who reports late on an attempt of before the move is heard for that step, and for no other', () => {
    const first = define({ version: 1, steps: { a: { ...TASK, retry: RETRIED }, b: { ...TASK, retry: RETRIED } } })
    const second = define({ version: 2, steps: { b: { ...TASK, retry: RETRIED }, a: { ...TASK, retry: RETRIED } } })
    const run = knowing(new Run(first), second)
    const lost = run.begin('a', 'r1')
    run.report({ type: 'lease-lost', ...lost })
    run.begin('b', 'r1')
    run.succeed('b', 'of b')
    run.put(to(second))
    run.follow(second)
    run.put({ type: 'attempt-succeeded', output: 'of a', ...lost }, 'r1')
    expect(run.step('a')).toMatchObject({ status: 'succeeded', output: 'of a' })
    expect(run.step('b')).toMatchObject({ status: 'succeeded', output: 'of b' })
    expect(run.state.status).toBe('completed')
  })

  test('DEF-5 W97 no number of an attempt is given twice for one place', () => {
    const first = define({ version: 1, steps: { a: { ...TASK, retry: RETRIED }, b: TASK } })
    const second = define({ version: 2, steps: { b: TASK, a: { ...TASK, retry: RETRIED } } })
    const run = knowing(new Run(first), second)
    for (const _ of [1, 2]) {
      run.begin('a')
      run.fail('a', 'network', true)
      run.wait(1_000)
    }
    run.put(to(second))
    run.follow(second)
    expect(run.wanted.offers.map(({ ref, attempt }) => [ref, attempt])).toEqual([
      [0, 3],
      [1, 3],
    ])
  })

  test('DEF-5 I18 I19 wherever any workflow stands, moving it to its own steps in another order changes no outcome, and it settles', () => {
    const diceOf = (seed: string): Prng => new Prng(seed)
    let moved = 0
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 40 }),
        (seed, size, moves) => {
          const from = randomDefinition(diceOf(`definition ${seed}`), size)
          const { steps, ...rest } = from.definition
          const shuffled = Object.fromEntries(diceOf(`order ${seed}`).shuffle(Object.entries(steps)))
          const target = define({ ...rest, version: from.definition.version + 1, steps: shuffled })
          const world = new World({ definition: from, seed, dice: diceOf(`world ${seed}`) }, { interference: 0.1, maxMoves: 8_000 })
          knowing(world.run, target)
          world.live(moves)
          const before = isTerminal(world.run.state.status) ? [] : world.run.state.steps.map(({ status }) => status).sort()
          if (world.run.try(to(target)).ok) {
            moved += 1
            world.run.follow(target)
            expect(world.run.state.steps.filter(({ status }) => status === 'succeeded').length).toBe(
              before.filter((status) => status === 'succeeded').length,
            )
          }
          expect(world.live()).toBe(true)
          world.run.checkReplay()
        },
      ),
      { numRuns: 80 },
    )
    expect(moved).toBeGreaterThan(5)
  })
})
