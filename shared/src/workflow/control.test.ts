import { describe, expect, test } from 'vitest'
import { workflowIdOf } from '../values/ids.ts'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import { define, FUNCTION, Run, TASK, unwrap } from './test-support.ts'

const pair = define({ steps: { a: TASK, b: FUNCTION }, links: [{ from: 'a', to: 'b' }] })
const create = (run: Run, input: object, definition = run.definition.hash) =>
  run.try({ type: 'create', home: 'harbour', key: 'k', definition, title: 't', priority: 'normal', input: { ...input } })

describe('EX-10 creation', () => {
  test('EX-10 W50 creating twice is creating once; the same key for something else is refused', () => {
    const run = new Run(pair, { x: 1, y: 2 })
    run.done('a')
    expect(unwrap(create(run, { y: 2, x: 1 }))).toEqual([])
    expect(create(run, { x: 2 })).toMatchObject({ ok: false, error: { code: 'key-reused' } })
    expect(create(run, { x: 1, y: 2 }, 'f'.repeat(64))).toMatchObject({ ok: false, error: { code: 'key-reused' } })
  })

  test('EX-10 W50 a workflow has the id that its home and key give it, and no other', () => {
    const command = { type: 'create', home: 'harbour', key: 'k', definition: pair.hash, title: 't', priority: 'normal', input: {} } as const
    const context = { now: { wall: 1, monotonic: 0 }, by: 'ann' }
    expect(decide(pair, workflowIdOf('harbour', 'other'), undefined, command, context)).toMatchObject({ error: { code: 'wrong-id' } })
    expect(decide(pair, workflowIdOf('harbour', 'k'), undefined, command, context).ok).toBe(true)
  })

  test('W50 an input that does not fit begins nothing, and all that is wrong is told', () => {
    const definition = define({
      steps: { a: TASK },
      inputSchema: { type: 'object', required: ['n', 'm'], properties: { n: { type: 'number' }, m: { type: 'number' } } },
    })
    expect(() => new Run(definition, {})).toThrow(/invalid-input: .*n.*m/s)
  })
})

describe('EX-7 pause', () => {
  test('EX-7 W51 running work may finish, nothing is begun until somebody resumes', () => {
    const run = new Run(pair)
    run.begin('a')
    run.put({ type: 'pause' })
    run.succeed('a')
    expect(run.status('b')).toBe('ready')
    expect(run.wanted).toMatchObject({ offers: [], calls: [], tasks: [] })
    run.wait(60_000)
    expect(run.status('b')).toBe('ready')
    run.put({ type: 'resume' })
    expect(run.wanted.calls).toHaveLength(1)
  })

  test('EX-7 W51 what finished while it was paused completes it at the resumption', () => {
    const run = new Run(define({ steps: { a: TASK } }))
    run.begin('a')
    run.put({ type: 'pause' })
    run.succeed('a')
    expect(run.state.status).toBe('paused')
    run.put({ type: 'resume' })
    expect(run.state.status).toBe('completed')
  })

  test('EX-7 W51 W52 cancelling ends a pause: what is done must be undone', () => {
    const run = new Run(define({ steps: { a: { ...TASK, compensate: 'u' }, b: TASK }, compensations: { u: FUNCTION } }))
    run.done('a')
    run.put({ type: 'pause' })
    run.cancel()
    expect(run.wanted.calls).toMatchObject([{ purpose: 'compensate' }])
    expect(run.try({ type: 'pause' })).toMatchObject({ ok: false, error: { code: 'already-ending' } })
    expect(run.try({ type: 'cancel', reason: 'again' })).toMatchObject({ ok: false, error: { code: 'already-ending' } })
  })
})

describe('EX-7 cancel', () => {
  test('EX-7 W52 before anything began it is over at once', () => {
    const run = new Run(pair)
    run.cancel()
    expect(run.state).toMatchObject({ status: 'cancelled', turnedBack: { error: { message: 'not needed' }, by: 'ann' } })
    expect(run.try({ type: 'cancel', reason: 'again' })).toMatchObject({ ok: false, error: { code: 'illegal-transition' } })
  })

  test('EX-7 W52 from the point of no return on it is refused, and not before', () => {
    const run = new Run(define({ steps: { a: TASK, b: TASK }, cancel: { pointOfNoReturn: 'a' } }))
    run.begin('a')
    expect(run.try({ type: 'cancel', reason: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'past-point-of-no-return', next: 'give-up' },
    })
    run.succeed('a')
    expect(run.try({ type: 'cancel', reason: 'x' })).toMatchObject({ ok: false })
    const early = new Run(define({ steps: { a: TASK }, cancel: { pointOfNoReturn: 'a' } }))
    early.put({ type: 'offer', agent: 'r', ...early.name('a', 1) })
    early.cancel()
    expect(early.wanted.tasks).toMatchObject([{ stop: 'not needed' }])
  })
})

test('LIM-2 W53 a priority reaches the offers that wait; setting it again changes nothing', () => {
  const run = new Run(pair)
  run.put({ type: 'set-priority', priority: 'critical' })
  expect(run.wanted.offers).toMatchObject([{ priority: 'critical' }])
  expect(run.put({ type: 'set-priority', priority: 'critical' })).toEqual([])
})

describe('offers', () => {
  test('EX-3 W10 only what is wanted can be offered, and once', () => {
    const run = new Run(pair)
    const offer = { type: 'offer', agent: 'r1', ref: 0, attempt: 1, purpose: 'forward' } as const
    expect(run.put({ ...offer, attempt: 2 })).toEqual([])
    expect(run.put({ ...offer, purpose: 'compensate' })).toEqual([])
    expect(run.put({ ...offer, ref: 1 })).toEqual([])
    expect(run.put(offer)).toHaveLength(1)
    expect(run.put(offer)).toEqual([])
  })
})

test('EX-3 W6 that a follow-up was started is noted once, and nothing is noted that was not wanted', () => {
  const run = new Run(pair)
  expect(run.put({ type: 'follow-up-started', key: 'unheard', workflow: 'w' })).toEqual([])
  const wanted = { at: run.now, by: 'x', event: { type: 'follow-up-wanted', key: 'f', definition: 'd', input: null } } as const
  const state = evolve(run.state, wanted)
  const started = { type: 'follow-up-started', key: 'f', workflow: 'w' } as const
  const context = { now: { wall: run.now, monotonic: 0 }, by: 'x' }
  const first = unwrap(decide(pair, run.id, state, started, context))
  expect(first.state.followUps).toMatchObject([{ key: 'f', workflow: 'w' }])
  expect(unwrap(decide(pair, run.id, first.state, started, context)).entries).toEqual([])
})
