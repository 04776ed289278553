import { describe, expect, test } from 'vitest'
import { explain } from './explain.ts'
import { statusPath } from './path.ts'
import { define, FUNCTION, Run, TASK } from './test-support.ts'

const asked = { ...TASK, review: { queue: 'leads' } }
const LINKS = [{ from: 'a', to: 'b' }]

const inReview = (step: object = asked, rest: object = {}): Run => {
  const run = new Run(define({ steps: { a: step, b: { ...TASK, input: { from: 'steps.a.output' } } }, links: LINKS, ...rest }))
  run.begin('a')
  run.fail('a')
  return run
}

const answer = (run: Run, word: 'continue' | 'retry' | 'skip' | 'fail', output?: unknown) =>
  run.put(
    { type: 'review', step: 'a', answer: word, comment: 'looked at it', ...(output === undefined ? {} : { output: output as string }) },
    'bob',
  )

describe('RES-7 manual review', () => {
  test('RES-7 W85 a step that would have failed for good waits in a named queue, and says so', () => {
    const run = inReview()
    expect(run.step('a')).toMatchObject({ status: 'validating', review: { queue: 'leads' }, error: { code: 'broken' } })
    expect(run.wanted).toMatchObject({ answers: [{ kind: 'review', step: 'a', queue: 'leads' }], tasks: [], offers: [] })
    expect(statusPath(run.state)).toBe('active.executing.step_validation')
    expect(explain(run.definition, run.state)).toBe('a waits for somebody in leads to say what becomes of it (broken!).')
  })

  test('RES-7 W85 continue: it has succeeded with the output of whoever answered', () => {
    const run = inReview()
    answer(run, 'continue', 'by hand')
    expect(run.step('a')).toMatchObject({ status: 'succeeded', output: 'by hand' })
    expect(run.step('b').input).toEqual({ from: 'by hand' })
    expect(run.log.find(({ event }) => event.type === 'reviewed')).toMatchObject({ by: 'bob' })
  })

  test('RES-7 W85 W34 what the agent had done all the same is kept as a late fact, though a person said to go on', () => {
    const run = new Run(define({ steps: { a: asked } }))
    const lost = run.begin('a')
    run.report({ type: 'lease-lost', ...lost })
    answer(run, 'continue', 'by hand')
    expect(run.state).toMatchObject({ status: 'completed', late: [] })
    run.succeed('a', 'by the robot', lost)
    expect(run.log.at(-1)?.event).toMatchObject({ type: 'late-result', attempt: 1, succeeded: true, output: 'by the robot' })
    expect(run.step('a').output).toBe('by hand')
    expect(run.succeed('a', 'by the robot', lost)).toEqual([])
  })

  test('RES-7 W85 retry: it is done again with all its attempts', () => {
    const run = inReview({ ...asked, retry: { strategy: 'fixed', maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0, jitter: false } })
    run.fail('a', 'network')
    answer(run, 'retry')
    expect(run.step('a')).toMatchObject({ status: 'ready', attempt: 1, failures: 0 })
    run.done('a')
    expect(run.status('b')).toBe('ready')
  })

  test('RES-7 W85 skip: the workflow goes on as if it had succeeded with nothing', () => {
    const run = inReview()
    answer(run, 'skip')
    expect([run.status('a'), run.status('b')]).toEqual(['skipped', 'ready'])
    expect(run.step('b').input).toEqual({ from: null })
  })

  test('RES-7 W85 fail: it has failed with the error it had', () => {
    const run = inReview()
    answer(run, 'fail')
    expect(run.state).toMatchObject({ status: 'failed', turnedBack: { step: 0, error: { code: 'broken' } } })
  })

  test('RES-7 W85 the first answer counts; a second one, and one that nobody asked for, are refused', () => {
    const run = inReview()
    answer(run, 'retry')
    for (const step of ['a', 'b']) {
      const second = run.try({ type: 'review', step, answer: 'fail', comment: '' })
      expect(second).toMatchObject({ ok: false, error: { code: 'no-review-wanted' } })
    }
    expect(run.try({ type: 'review', step: 'z', answer: 'fail', comment: '' })).toMatchObject({ error: { code: 'no-such-step' } })
  })

  test('EX-14 RES-7 W85 an output that does not satisfy is looked at, and may be taken as it is', () => {
    const doubted = { ...asked, validate: 'output > 1', review: { queue: 'leads', on: ['invalid-output'] } }
    const run = new Run(define({ steps: { a: doubted, b: TASK }, links: LINKS }))
    run.begin('a')
    run.succeed('a', 1)
    expect(run.step('a')).toMatchObject({ review: { queue: 'leads' }, output: 1, error: { code: 'output-invalid' } })
    answer(run, 'continue')
    expect(run.step('a')).toMatchObject({ status: 'succeeded', output: 1 })
    const other = new Run(define({ steps: { a: doubted } }))
    other.begin('a')
    other.fail('a')
    expect(other.state.status).toBe('failed')
  })

  test('RES-7 W85 W22 nobody is asked about what goes back, and who was asked is asked no more', () => {
    const run = inReview()
    run.cancel()
    expect([run.status('a'), run.state.status]).toEqual(['cancelled', 'cancelled'])
    const late = new Run(define({ steps: { a: asked } }))
    late.begin('a')
    late.cancel()
    late.fail('a')
    expect(late.state.status).toBe('cancelled')
  })

  test('RES-7 W85 W16 an item of a map, by its number', () => {
    const each = { ...FUNCTION, review: { queue: 'leads' } }
    const run = new Run(define({ steps: { m: { type: 'map', over: 'input.list', each } } }), { list: ['x', 'y'] })
    run.succeed('m/0', 'X')
    run.fail('m/1')
    expect(run.wanted.answers).toMatchObject([{ step: 'm/1' }])
    run.put({ type: 'review', step: 'm/1', answer: 'skip', comment: '' })
    expect(run.step('m')).toMatchObject({ status: 'succeeded', output: ['X', null] })
  })

  test('RES-7 W85 W16 I19 whoever is at work on an item that its map no longer stands for is stopped, and nobody is asked about it', () => {
    const each = { ...TASK, review: { queue: 'leads' } }
    const map = { type: 'map', over: 'input.list', each, timeoutMs: 5_000, retry: 'none', review: { queue: 'leads' } }
    const run = new Run(define({ steps: { m: map } }), { list: ['x'] })
    const first = run.begin('m/0')
    run.wait(5_000)
    expect(run.wanted.tasks).toMatchObject([{ ref: first.ref }])
    run.put({ type: 'review', step: 'm', answer: 'retry', comment: '' })
    expect(run.ref('m/0')).not.toBe(first.ref)
    expect(run.wanted.tasks).toMatchObject([{ ref: first.ref, stop: 'its map has begun anew' }])
    run.fail('m/0', 'broken', false, first)
    expect([run.state.steps[first.ref]?.status, run.wanted.answers]).toEqual(['cancelled', []])
    expect([run.status('m'), run.status('m/0')]).toEqual(['running', 'ready'])
    const second = run.begin('m/0')
    run.wait(5_000)
    run.put({ type: 'review', step: 'm', answer: 'skip', comment: '' })
    expect(run.wanted.tasks).toMatchObject([{ ref: second.ref, stop: 'its map goes on without it' }])
    run.report({ type: 'attempt-stopped', ...second })
    expect(run.state.status).toBe('completed')
  })
})
