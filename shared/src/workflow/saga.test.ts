import { describe, expect, test } from 'vitest'
import { define, FUNCTION, RETRIED, Run, TASK } from './test-support.ts'

const undoable = (name: string) => ({ ...TASK, compensate: `undo_${name}` })
const undoing = (...names: string[]) => Object.fromEntries(names.map((name) => [`undo_${name}`, TASK]))

/** a and b at once, then c; all can be undone. */
const saga = define({
  steps: { a: undoable('a'), b: undoable('b'), c: undoable('c'), d: TASK },
  links: [
    { from: 'a', to: 'c' },
    { from: 'b', to: 'c' },
    { from: 'c', to: 'd' },
  ],
  compensations: undoing('a', 'b', 'c'),
})

const inOrder = (run: Run) => run.story.filter((line) => line.startsWith('compensating'))

describe('RES-3 undoing', () => {
  test('RES-3 W20 W21 in reverse order of completion, one at a time, exactly what was completed', () => {
    const run = new Run(saga)
    for (const step of ['b', 'a', 'c']) run.done(step)
    run.begin('d')
    run.fail('d')
    for (const step of ['c', 'a', 'b']) {
      expect(run.wanted.offers).toMatchObject([{ ref: run.ref(step), purpose: 'compensate', attempt: 1 }])
      run.done(step)
    }
    expect(inOrder(run)).toEqual(['compensating c', 'compensating a', 'compensating b'])
    expect(run.state).toMatchObject({ status: 'failed', turnedBack: { step: 3 } })
    expect(run.status('d')).toBe('failed')
  })

  test('RES-3 W20 what was never begun, skipped or has no compensation is not undone; onFailure stop undoes nothing', () => {
    const run = new Run(saga)
    run.done('a')
    run.cancel()
    run.done('a')
    expect(inOrder(run)).toEqual(['compensating a'])
    expect(run.state.status).toBe('cancelled')
    const stopped = new Run(
      define({ steps: { a: { ...TASK, compensate: 'undo_a' }, b: TASK }, compensations: undoing('a'), onFailure: 'stop' }),
    )
    stopped.done('a')
    stopped.begin('b')
    stopped.fail('b')
    expect(stopped.state.status).toBe('failed')
    expect(inOrder(stopped)).toEqual([])
  })

  test('RES-3 W22 cancelled at any stage: agents at work are told to stop and awaited before anything is undone', () => {
    const run = new Run(saga)
    run.done('a')
    run.begin('b', 'r7')
    run.cancel()
    expect(run.wanted).toMatchObject({ offers: [], tasks: [{ step: 'b', agent: 'r7', stop: 'not needed' }] })
    expect(inOrder(run)).toEqual([])
    run.report({ type: 'attempt-stopped', ...run.name('b') })
    expect(run.status('b')).toBe('cancelled')
    expect(inOrder(run)).toEqual(['compensating a'])
  })

  test('RES-3 W22 whoever finishes in spite of being told to stop is undone first', () => {
    const run = new Run(saga)
    run.done('a')
    run.begin('b')
    run.cancel()
    run.succeed('b', 'done')
    run.done('b')
    run.done('a')
    expect(inOrder(run)).toEqual(['compensating b', 'compensating a'])
  })

  test('W22 an offer out at the time, a lost lease, a failure and a decline all end the waiting', () => {
    for (const type of ['lease-lost', 'attempt-stopped'] as const) {
      const run = new Run(saga)
      run.put({ type: 'offer', agent: 'r1', ...run.name('a', 1) })
      run.cancel()
      expect(run.state.status).toBe('active')
      run.report({ type, ...run.name('a') })
      expect([type, run.state.status]).toEqual([type, 'cancelled'])
    }
    const failing = new Run(saga)
    failing.begin('a')
    failing.cancel()
    failing.fail('a', 'network')
    expect([failing.status('a'), failing.state.status]).toEqual(['cancelled', 'cancelled'])
    const declining = new Run(saga)
    declining.put({ type: 'offer', agent: 'r1', ...declining.name('a', 1) })
    declining.cancel()
    declining.report({ type: 'attempt-declined', reason: 'busy', ...declining.name('a') })
    expect(declining.state.status).toBe('cancelled')
  })

  test('RES-3 W24 a compensation is tried again as its policy says; one that fails for good does not keep the others from being undone', () => {
    const definition = define({
      steps: { a: { ...TASK, compensate: 'undo' }, b: { ...TASK, compensate: 'again' }, c: TASK },
      links: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
      compensations: { undo: FUNCTION, again: { ...FUNCTION, retry: { ...RETRIED, maxAttempts: 2 } } },
    })
    const run = new Run(definition)
    run.done('a')
    run.done('b')
    run.cancel()
    run.fail('b', 'network')
    run.wait(1_000)
    expect(run.step('b')).toMatchObject({ status: 'compensating', attempt: 2, phase: 'running' })
    run.fail('b', 'network')
    expect(run.step('b')).toMatchObject({ status: 'failed', error: { code: 'network' } })
    run.succeed('a')
    expect(run.state.status).toBe('cancelled')
    expect(run.story).toContain('compensation-failed b')
  })

  test('RES-3 W24 a compensation sees what was done and why it is undone', () => {
    const input = { what: 'output.crate', step: 'failure.step', code: 'failure.code', said: 'failure.message', from: 'input.from' }
    const compensations = { undo: { ...TASK, input } }
    const run = new Run(
      define({ steps: { a: { ...TASK, compensate: 'undo' }, b: TASK }, links: [{ from: 'a', to: 'b' }], compensations }),
      {
        from: 'dock',
      },
    )
    run.done('a', { crate: 7 })
    run.begin('b')
    run.fail('b', 'jammed')
    expect(run.step('a').input).toEqual({ what: 7, step: 'b', code: 'jammed', said: 'jammed!', from: 'dock' })
  })

  test('RES-3 W24 one whose input can not be found has failed, and is told so', () => {
    const compensations = { undo: { ...TASK, input: { what: 'output.missing' } } }
    const run = new Run(define({ steps: { a: { ...TASK, compensate: 'undo' }, b: TASK }, links: [{ from: 'a', to: 'b' }], compensations }))
    run.done('a', {})
    run.cancel()
    expect(run.step('a')).toMatchObject({ status: 'failed', error: { code: 'expression-error' } })
    expect(run.state.status).toBe('cancelled')
  })

  test('RES-3 W16 W21 items of a map are undone each with its element', () => {
    const each = { ...FUNCTION, compensate: 'undo' }
    const compensations = { undo: { ...FUNCTION, input: { it: 'item', at: 'index', was: 'output' } } }
    const definition = define({
      steps: { m: { type: 'map', over: 'input.list', each }, b: TASK },
      links: [{ from: 'm', to: 'b' }],
      compensations,
    })
    const run = new Run(definition, { list: ['x', 'y'] })
    run.succeed('m/1', 'Y')
    run.succeed('m/0', 'X')
    run.cancel()
    expect(run.wanted.calls).toMatchObject([{ ref: run.ref('m/0'), input: { it: 'x', at: 0, was: 'X' } }])
    run.succeed('m/0')
    run.succeed('m/1')
    expect(run.state.status).toBe('cancelled')
    expect(run.step('m').items).toMatchObject({ open: 0 })
  })
})

describe('RES-6 late work', () => {
  test('RES-6 RES-3 W23 a late success of what was cancelled is undone before the workflow ends', () => {
    const run = new Run(saga)
    const late = run.begin('b')
    run.begin('a')
    run.cancel()
    run.report({ type: 'lease-lost', ...late })
    run.succeed('b', 'after all', late)
    expect(run.step('b')).toMatchObject({ status: 'cancelled', doneLate: true })
    run.report({ type: 'attempt-stopped', ...run.name('a') })
    expect(inOrder(run)).toEqual(['compensating b'])
    run.done('b')
    expect([run.status('b'), run.state.status]).toEqual(['compensated', 'cancelled'])
  })

  test('RES-6 RES-3 W23 work of an attempt that was given up is undone too when its successor is cancelled', () => {
    const steps = { a: { ...TASK, compensate: 'undo_a', retry: RETRIED } }
    const run = new Run(define({ steps, compensations: undoing('a') }))
    const first = run.begin('a')
    run.report({ type: 'lease-lost', ...first })
    run.now += 1_000
    run.begin('a', 'r2')
    run.succeed('a', 'of the first', first)
    run.cancel()
    run.report({ type: 'attempt-stopped', ...run.name('a') })
    expect(run.wanted.offers).toMatchObject([{ ref: 0, purpose: 'compensate' }])
  })

  test('RES-6 W25 after the end nothing moves any more: a person is asked, once', () => {
    const run = new Run(saga)
    const late = run.begin('b')
    run.cancel()
    run.report({ type: 'lease-lost', ...late })
    expect(run.state.status).toBe('cancelled')
    run.succeed('b', 'after all', late)
    expect(run.state.conflicts).toMatchObject([{ rule: 'late-work-after-end', choice: 'ask' }])
    expect(run.succeed('b', 'after all', late)).toEqual([])
    expect(run.state.status).toBe('cancelled')
  })

  test('RES-6 W25 a late failure, and late work that nobody could undo, are kept and need nobody', () => {
    const run = new Run(define({ steps: { a: TASK } }))
    const late = run.begin('a')
    run.cancel()
    run.report({ type: 'lease-lost', ...late })
    run.succeed('a', 1, late)
    expect(run.log.at(-1)?.event.type).toBe('late-result')
    expect(run.state.conflicts).toEqual([])
  })

  test('W23 a late success of a compensation counts while no other has begun', () => {
    const run = new Run(saga)
    run.done('a')
    run.cancel()
    const name = run.begin('a')
    run.report({ type: 'lease-lost', ...name })
    expect(run.step('a')).toMatchObject({ status: 'failed' })
    const patient = new Run(
      define({ steps: { a: { ...TASK, compensate: 'u' } }, compensations: { u: { ...TASK, retry: RETRIED } }, timeoutMs: 5 }),
    )
    patient.begin('a')
    patient.cancel()
    patient.succeed('a')
    const undo = patient.begin('a')
    patient.report({ type: 'lease-lost', ...undo })
    patient.succeed('a', null, undo)
    expect([patient.status('a'), patient.state.status]).toEqual(['compensated', 'cancelled'])
  })
})
