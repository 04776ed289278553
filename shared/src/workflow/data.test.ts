import { describe, expect, test } from 'vitest'
import type { Json } from '../values/json.ts'
import { MAX_ITEMS } from './begin.ts'
import { inputOf } from './step-wants.ts'
import { define, FUNCTION, Run, TASK } from './test-support.ts'

const input = (run: Run, step: string) => inputOf(run.state, run.step(step))

describe('EX-5 data flow', () => {
  test('EX-5 W15 without a mapping a step gets the workflow input, with one exactly what it names', () => {
    const run = new Run(define({ steps: { a: TASK, b: { ...TASK, input: { n: 'input.n + 1', k: 'key' } } } }), { n: 1 })
    expect([input(run, 'a'), input(run, 'b')]).toEqual([{ n: 1 }, { n: 2, k: 'k' }])
  })

  test('EX-5 W15 outputs of earlier steps, whole or by port; the mapping sees them too', () => {
    const run = new Run(
      define({
        steps: { a: TASK, b: TASK, c: { ...TASK, input: { sum: 'steps.a.output.x + steps.b.output' } } },
        links: [
          { from: 'a', to: 'c', sourcePort: 'x', targetPort: 'x' },
          { from: 'b', to: 'c', targetPort: 'whole' },
        ],
        output: { total: 'steps.c.output' },
      }),
    )
    run.done('a', { x: 2 })
    run.done('b', 3)
    expect(input(run, 'c')).toEqual({ x: 2, whole: 3, sum: 5 })
    run.done('c', 5)
    expect(run.state.output).toEqual({ total: 5 })
  })

  test('EX-5 W15 a port that the output does not have carries null, also one that every object inherits', () => {
    const ports = ['x', 'toString', 'constructor']
    const links = ports.map((port) => ({ from: 'a', to: 'b', sourcePort: port, targetPort: `in_${port}` }))
    const run = new Run(define({ steps: { a: TASK, b: TASK }, links }))
    run.done('a', {})
    expect(input(run, 'b')).toEqual({ in_x: null, in_toString: null, in_constructor: null })
  })

  test('EX-5 W15 an expression that fails, fails its step; a fail link can take it over', () => {
    const steps = { a: TASK, b: { ...TASK, input: { n: 'steps.a.output.n' } }, c: TASK }
    const links = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c', trigger: 'fail' },
    ]
    const run = new Run(define({ steps, links }))
    run.done('a', {})
    expect(run.step('b')).toMatchObject({ status: 'failed', error: { code: 'expression-error', retryable: false } })
    expect(run.status('c')).toBe('ready')
  })

  test('EX-5 W15 a step that said nothing has said null, and an output expression that fails is a failure', () => {
    const run = new Run(define({ steps: { a: TASK }, output: { a: 'steps.a.output', b: 'steps.a.output.b' } }))
    run.done('a')
    expect(run.state.turnedBack?.error.code).toBe('expression-error')
  })

  test('EX-5 W15 an output of an earlier attempt is not taken for a later one', () => {
    const run = new Run(
      define({
        steps: {
          a: { ...TASK, retry: { strategy: 'fixed', maxAttempts: 2, initialDelayMs: 0 }, timeoutMs: 100 },
          b: { ...TASK, input: { a: 'steps.a.output' } },
        },
        links: [{ from: 'a', to: 'b' }],
      }),
    )
    const first = run.begin('a')
    run.wait(100)
    run.begin('a')
    run.succeed('a', 'of the first', first)
    run.succeed('a', null)
    expect(input(run, 'b')).toEqual({ a: null })
  })
})

describe('values that no log can hold', () => {
  const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)])
  const around = (levels: number, expression: string) => `${'['.repeat(levels)}${expression}${']'.repeat(levels)}`

  test('W15 W38 made by a mapping, they fail the step that needs them', () => {
    const bad = ['1.0 / 0.0', '{"__proto__": 1}', around(20, 'input.v')]
    for (const n of bad) {
      const run = new Run(define({ steps: { a: { ...TASK, input: { n } } } }), { v: nested(60) })
      expect([n, run.step('a').error?.code]).toEqual([n, 'expression-error'])
      const ending = new Run(define({ steps: { a: TASK }, output: { n } }), { v: nested(60) })
      ending.done('a')
      expect([n, ending.state.turnedBack?.error.code]).toEqual([n, 'expression-error'])
      const undone = new Run(
        define({ steps: { a: { ...TASK, compensate: 'u' }, b: TASK }, compensations: { u: { ...TASK, input: { n } } } }),
        { v: nested(60) },
      )
      undone.done('a')
      undone.cancel()
      expect([n, undone.step('a').error?.code]).toEqual([n, 'expression-error'])
      const list = new Run(define({ steps: { m: { type: 'map', over: `[${n}]`, each: TASK } } }), { v: nested(60) })
      expect([n, list.step('m').error?.code]).toEqual([n, 'expression-error'])
    }
  })

  test('W15 W38 brought by a port or gathered by a map, they fail the step too', () => {
    const deep = nested(68)
    const run = new Run(define({ steps: { a: TASK, b: TASK }, links: [{ from: 'a', to: 'b', targetPort: 'p' }] }))
    run.done('a', deep)
    expect(run.step('b').error?.code).toBe('expression-error')
    const map = new Run(define({ steps: { m: { type: 'map', over: '[1]', each: TASK } } }))
    map.done('m/0', deep)
    expect(map.step('m').error?.code).toBe('output-unusable')
  })
})

describe('maps', () => {
  const mapped = (extra: object = {}, links: object[] = []) =>
    define({
      steps: { m: { type: 'map', over: 'input.list', each: { ...TASK, input: { it: 'item', at: 'index' }, ...extra } }, after: TASK },
      links: [{ from: 'm', to: 'after' }, ...links],
    })

  test('EX-4 W16 items run in parallel, each with its element; the outputs come in order', () => {
    const run = new Run(mapped(), { list: ['x', 'y', 'z'] })
    expect(run.wanted.offers).toHaveLength(3)
    expect(input(run, 'm/1')).toEqual({ it: 'y', at: 1 })
    for (const item of [2, 0, 1]) run.done(`m/${item}`, item)
    expect(run.step('m')).toMatchObject({ status: 'succeeded', output: [0, 1, 2] })
    expect(run.status('after')).toBe('ready')
  })

  test('W16 an empty list is done at once, what is no list fails', () => {
    expect(new Run(mapped(), { list: [] }).status('m')).toBe('succeeded')
    expect(new Run(mapped(), { list: 7 }).step('m').error?.code).toBe('not-a-list')
    expect(new Run(mapped(), {}).step('m').error?.code).toBe('expression-error')
  })

  test('W16 a list that is longer than a map may be fails the step', () => {
    const list = Array.from({ length: MAX_ITEMS + 1 }, (_, n) => n)
    expect(new Run(mapped(), { list: list.slice(1) }).state.steps).toHaveLength(2 + MAX_ITEMS)
    expect(new Run(mapped(), { list }).step('m').error).toMatchObject({ code: 'list-too-long', retryable: false })
  })

  test('W16 W22 a failing item fails the map: idle siblings are cancelled, those at work told to stop and awaited', () => {
    const run = new Run(mapped({}, [{ from: 'm', to: 'after', trigger: 'fail' }]), { list: [1, 2, 3] })
    run.begin('m/0')
    run.begin('m/1')
    run.fail('m/0')
    expect(['m', 'm/0', 'm/1', 'm/2', 'after'].map((step) => run.status(step))).toEqual([
      'failed',
      'failed',
      'running',
      'cancelled',
      'ready',
    ])
    expect(run.wanted.tasks).toMatchObject([{ step: 'm/1', stop: 'broken!' }])
    run.done('after')
    expect(run.state.status).toBe('active')
    run.report({ type: 'attempt-stopped', ...run.name('m/1') })
    expect(run.state.status).toBe('completed')
  })

  test('W16 an item with a bad input of its own fails the map before any work begins', () => {
    const run = new Run(mapped({ input: { it: 'item.x' } }), { list: [{ x: 1 }, 2] })
    expect(run.state.status).toBe('failed')
    expect(run.log.some(({ event }) => event.type === 'offered')).toBe(false)
  })

  test('EX-6 W16 W31 a map that takes too long fails, and its items are told to stop', () => {
    const run = new Run(define({ steps: { m: { type: 'map', over: '[1, 2]', timeoutMs: 5_000, each: { ...TASK, timeoutMs: 60_000 } } } }))
    run.begin('m/0')
    expect(run.wanted.wakeAt).toBe(6_000)
    run.wait(5_000)
    expect(run.step('m')).toMatchObject({ status: 'failed', error: { code: 'timeout' } })
    expect(run.wanted.tasks).toMatchObject([{ step: 'm/0', stop: expect.any(String) }])
    run.report({ type: 'attempt-stopped', ...run.name('m/0') })
    expect(run.state.status).toBe('failed')
  })

  test('W16 W35 a map whose list of outputs does not satisfy is fanned out again', () => {
    const retry = { strategy: 'fixed', maxAttempts: 2, initialDelayMs: 0 }
    const map = { type: 'map', over: '[1]', validate: 'output[0] == "good"', retry, each: FUNCTION }
    const run = new Run(define({ steps: { m: map } }))
    run.succeed('m/0', 'bad')
    run.wait(0)
    run.succeed('m/0', 'good')
    expect(run.state.status).toBe('completed')
    expect(run.step('m').items).toEqual({ first: 2, count: 1, open: 0 })
  })
})
