import { describe, expect, test } from 'vitest'
import { define, FUNCTION, Run, TASK } from './test-support.ts'

const undoable = { ...TASK, compensate: 'undo' }

/** a, then b and x side by side, then c after b; b and c can be undone. */
const line = define({
  steps: { a: TASK, b: undoable, c: undoable, d: TASK, x: TASK },
  links: [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'c', to: 'd' },
    { from: 'a', to: 'x' },
  ],
  compensations: { undo: FUNCTION },
})

const reason = 'the crate was the wrong one'
const refused = (code: string) => ({ ok: false, error: { code } })

const upTo = (...steps: string[]): Run => {
  const run = new Run(line)
  for (const step of steps) run.done(step)
  return run
}

describe('EX-8 rolling back', () => {
  test('EX-8 W26 to a named step: it and what followed from it is undone in reverse, done again, and the rest goes on', () => {
    const run = upTo('a', 'b', 'c')
    run.begin('x')
    run.put({ type: 'rollback', reason, to: 'b' })
    expect(run.wanted).toMatchObject({ calls: [{ ref: run.ref('c'), purpose: 'compensate' }], offers: [] })
    run.succeed('c')
    run.succeed('b')
    expect([run.status('b'), run.status('c'), run.status('d'), run.status('x')]).toEqual(['ready', 'pending', 'pending', 'running'])
    expect([run.state.status, run.state.sent.toJSON()]).toEqual(['active', [0, 3]])
    expect(run.state.turnedBack).toBeUndefined()
    for (const step of ['b', 'c', 'd']) run.done(step)
    run.succeed('x')
    expect(run.state.status).toBe('completed')
  })

  test('EX-8 W26 over the last steps that completed; more than were completed is refused', () => {
    const run = upTo('a', 'x', 'b')
    expect(run.try({ type: 'rollback', reason, steps: 4 })).toMatchObject(refused('too-many-steps'))
    run.put({ type: 'rollback', reason, steps: 2 })
    run.succeed('b')
    expect([run.status('a'), run.status('b'), run.status('x')]).toEqual(['succeeded', 'ready', 'ready'])
    expect(run.step('x')).toMatchObject({ doneBefore: true, attempt: 1 })
  })

  test('EX-8 W26 whoever works on what goes back is told to stop and awaited; meanwhile nothing new begins', () => {
    const run = upTo('a', 'b')
    run.begin('c', 'r7')
    run.begin('x')
    run.put({ type: 'rollback', reason, to: 'b' })
    expect(run.wanted.tasks).toMatchObject([{ step: 'c', stop: reason }, { step: 'x' }])
    expect(run.wanted.calls).toEqual([])
    run.report({ type: 'lease-lost', ...run.name('x') })
    expect(run.state.turnedBack).toMatchObject({ outcome: 'failed' })
  })

  test('EX-8 W26 a retry elsewhere waits until the way back has been gone', () => {
    const retried = { ...TASK, retry: { strategy: 'fixed', maxAttempts: 3, initialDelayMs: 10, maxDelayMs: 10, jitter: false } }
    const run = new Run(define({ steps: { a: undoable, x: retried }, compensations: { undo: FUNCTION } }))
    run.done('a')
    run.begin('x')
    run.put({ type: 'rollback', reason, to: 'a' })
    run.fail('x', 'network')
    run.wait(10)
    expect(run.wanted.offers).toEqual([])
    expect(run.put({ type: 'offer', agent: 'r1', ...run.name('x', 2) })).toEqual([])
    run.succeed('a')
    expect(run.wanted.offers.map(({ ref }) => ref)).toEqual([0, 1])
  })

  test('EX-8 W27 no attempt has the number of an earlier one, forward or back, and what was said of an earlier one is known', () => {
    const run = upTo('a')
    const first = run.begin('b')
    run.succeed('b', 1)
    for (const attempt of [1, 2]) {
      run.put({ type: 'rollback', reason, to: 'b' })
      expect(run.wanted.calls).toMatchObject([{ attempt, purpose: 'compensate' }])
      run.succeed('b')
      expect(run.wanted.offers.filter(({ ref }) => ref === first.ref)).toMatchObject([{ attempt: attempt + 1, purpose: 'forward' }])
      expect(run.succeed('b', 1, first)).toEqual([])
      run.done('b', attempt)
    }
    expect(run.step('b')).toMatchObject({ status: 'succeeded', attempt: 3, output: 2 })
  })

  test('EX-8 W27 work on an attempt from before that was never told of is undone with the rest', () => {
    const run = upTo('a')
    const first = run.begin('b')
    run.put({ type: 'rollback', reason, to: 'b' })
    run.report({ type: 'lease-lost', ...first })
    run.begin('b', 'r2')
    run.succeed('b', 'late', first)
    run.cancel()
    run.report({ type: 'attempt-stopped', ...run.name('b') })
    expect(run.wanted.calls).toMatchObject([{ ref: first.ref, purpose: 'compensate' }])
  })

  test('EX-8 W26 over a map: the same items run again, or those of the new list', () => {
    const each = { ...TASK, compensate: 'undo' }
    const over = 'steps.a.output'
    const definition = define({
      steps: { a: TASK, m: { type: 'map', over, each } },
      links: [{ from: 'a', to: 'm' }],
      compensations: { undo: FUNCTION },
    })
    const run = new Run(definition)
    run.done('a', ['x', 'y'])
    run.done('m/0')
    run.put({ type: 'rollback', reason, to: 'm' })
    run.succeed('m/0')
    expect(run.story.slice(-4)).toEqual(['step-ready m', 'items-resumed m', 'step-ready m/0', 'step-ready m/1'])
    run.put({ type: 'rollback', reason, to: 'a' })
    run.done('a', ['z'])
    expect(run.wanted.offers).toMatchObject([{ ref: 4 }])
    run.done('m/0', 'Z')
    expect(run.state).toMatchObject({ status: 'completed' })
    expect(run.step('m').output).toEqual(['Z'])
  })

  test('EX-8 W52 over the point of no return is refused, and one way back at a time', () => {
    const run = new Run(define({ steps: { a: undoable, b: TASK }, compensations: { undo: FUNCTION }, cancel: { pointOfNoReturn: 'b' } }))
    run.done('a')
    run.begin('b')
    expect(run.try({ type: 'rollback', reason, to: 'b' })).toMatchObject(refused('past-point-of-no-return'))
    expect(run.try({ type: 'rollback', reason, to: 'nowhere' })).toMatchObject(refused('no-such-step'))
    run.put({ type: 'rollback', reason, to: 'a' })
    expect(run.try({ type: 'rollback', reason, to: 'a' })).toMatchObject(refused('going-back'))
    expect(run.try({ type: 'pause' })).toMatchObject(refused('going-back'))
  })

  test('EX-8 W26 a cancel takes the place of a way back that would have gone on', () => {
    const run = upTo('a', 'b', 'c')
    run.put({ type: 'rollback', reason, to: 'c' })
    run.cancel()
    run.succeed('c')
    run.succeed('b')
    expect(run.state.status).toBe('cancelled')
  })

  test('EX-8 W26 what has not begun, and what nobody completed, can not be gone back on', () => {
    expect(upTo('a').try({ type: 'rollback', reason, to: 'c' })).toMatchObject(refused('not-begun'))
    expect(upTo().try({ type: 'rollback', reason, steps: 1 })).toMatchObject(refused('too-many-steps'))
  })
})

describe('PER-5 restoring', () => {
  test('PER-5 W26 whatever settled after a position in the log is gone back on', () => {
    const run = upTo('a', 'b')
    const position = run.log.length
    run.done('x')
    run.done('c')
    run.put({ type: 'restore', reason, position })
    run.succeed('c')
    expect([run.status('b'), run.status('c'), run.status('x')]).toEqual(['succeeded', 'ready', 'ready'])
    expect(run.try({ type: 'restore', reason, position: run.log.length })).toMatchObject(refused('nothing-to-undo'))
    expect(run.try({ type: 'restore', reason, position: 999 })).toMatchObject(refused('no-such-position'))
  })
})

describe('EX-9 retrying', () => {
  test('EX-9 W28 what failed is done again with what was undone or cancelled because of it; what is done stays done', () => {
    const run = upTo('a', 'b', 'c')
    run.begin('d')
    run.fail('d')
    run.report({ type: 'attempt-stopped', ...run.name('x') })
    run.succeed('c')
    run.succeed('b')
    expect(run.state.status).toBe('failed')
    const { endedAt } = run.state
    run.put({ type: 'retry', reason: 'the dock is free' })
    expect(run.state).toMatchObject({ status: 'active', reopenedAt: run.now })
    expect([endedAt, run.state.endedAt]).toEqual([run.now, undefined])
    expect(['a', 'b', 'c', 'd', 'x'].map((step) => run.status(step))).toEqual(['succeeded', 'ready', 'pending', 'pending', 'ready'])
    for (const step of ['b', 'c', 'd', 'x']) run.done(step)
    expect(run.state.status).toBe('completed')
    expect(run.step('a').attempt).toBe(1)
  })

  test('EX-9 EX-10 W28 what is done and lies between what is done again keeps its output, and its place in the order', () => {
    const definition = define({
      steps: { a: undoable, b: { type: 'wait', on: { kind: 'signal', signal: 'go' } }, c: { ...TASK, input: { said: 'steps.b.output' } } },
      links: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
      compensations: { undo: FUNCTION },
    })
    const run = new Run(definition)
    run.done('a')
    run.signal('go', '1', 'go on')
    run.begin('c')
    run.fail('c')
    run.succeed('a')
    run.put({ type: 'retry', reason: 'the dock is free' })
    expect(['a', 'b', 'c'].map((step) => run.status(step))).toEqual(['ready', 'pending', 'pending'])
    run.done('a')
    expect(run.step('b')).toMatchObject({ status: 'succeeded', output: 'go on', alreadyDone: undefined })
    expect(run.step('c')).toMatchObject({ status: 'ready', input: { said: 'go on' } })
    run.done('c')
    expect(run.state.status).toBe('completed')
  })

  test('EX-9 W28 a failure that a link took over stays as it is, and what was not needed because of it too', () => {
    const definition = define({
      steps: { a: TASK, plan: TASK, other: TASK, end: TASK },
      links: [
        { from: 'a', to: 'plan' },
        { from: 'a', to: 'other', trigger: 'fail' },
        { from: 'other', to: 'end' },
      ],
      onFailure: 'stop',
    })
    const run = new Run(definition)
    run.begin('a')
    run.fail('a')
    run.done('other')
    run.begin('end')
    run.fail('end')
    run.put({ type: 'retry', reason })
    expect(['a', 'plan', 'other', 'end'].map((step) => run.status(step))).toEqual(['failed', 'skipped', 'succeeded', 'ready'])
    run.done('end')
    expect(run.state.status).toBe('completed')
  })

  test('EX-9 W28 of a map only the items that are not done run again', () => {
    const run = new Run(define({ steps: { m: { type: 'map', over: 'input.list', each: TASK } } }), { list: ['x', 'y', 'z'] })
    run.done('m/0', 'X')
    run.begin('m/1')
    run.fail('m/1')
    expect(run.state.status).toBe('failed')
    run.put({ type: 'retry', reason })
    expect(run.wanted.offers.map(({ ref }) => ref)).toEqual([2, 3])
    run.done('m/1', 'Y')
    run.done('m/2', 'Z')
    expect(run.step('m').output).toEqual(['X', 'Y', 'Z'])
  })

  test('EX-9 W54 the timeout of the workflow counts from the retry', () => {
    const run = new Run(define({ steps: { a: TASK }, timeoutMs: 1_000 }))
    run.wait(1_000)
    expect(run.state.status).toBe('failed')
    run.put({ type: 'retry', reason })
    run.wait(999)
    expect(run.state.status).toBe('active')
    expect(run.wanted.wakeAt).toBe(run.now + 1)
    run.done('a')
    expect(run.state.status).toBe('completed')
  })

  test('EX-8 EX-9 W28 a failed workflow can be taken up from an earlier step', () => {
    const run = upTo('a', 'b')
    run.begin('c')
    run.fail('c')
    run.report({ type: 'attempt-stopped', ...run.name('x') })
    run.succeed('b')
    run.put({ type: 'rollback', reason, to: 'a' })
    expect(['a', 'b', 'c'].map((step) => run.status(step))).toEqual(['ready', 'pending', 'pending'])
  })
})

test('DEF-10 W29 a completed workflow can be undone, and ends cancelled', () => {
  const run = upTo('a', 'b', 'c', 'd', 'x')
  expect(run.state.status).toBe('completed')
  run.put({ type: 'undo', reason: 'the order was withdrawn' })
  run.succeed('c')
  run.succeed('b')
  expect(run.state).toMatchObject({ status: 'cancelled', turnedBack: { error: { code: 'undone' } } })
  expect(run.state.output).toBeUndefined()
})

describe('EX-7 terminating', () => {
  test('EX-7 W55 it is over at once and nothing is undone; late work asks a person', () => {
    const run = upTo('a', 'b')
    const late = run.begin('c')
    run.put({ type: 'terminate', reason: 'fire alarm' })
    expect(run.state).toMatchObject({ status: 'cancelled', open: 0, turnedBack: { error: { message: 'fire alarm' } } })
    expect([run.status('b'), run.status('c')]).toEqual(['succeeded', 'cancelled'])
    expect(run.wanted).toMatchObject({ tasks: [], offers: [], calls: [] })
    run.succeed('c', 1, late)
    expect(run.state.conflicts).toMatchObject([{ rule: 'late-work-after-end' }])
  })

  test('EX-7 W55 also on the way back, and while it is paused', () => {
    const run = upTo('a', 'b')
    run.cancel()
    run.put({ type: 'terminate', reason: 'fire alarm' })
    expect([run.state.status, run.status('b')]).toEqual(['cancelled', 'failed'])
    const paused = upTo('a')
    paused.put({ type: 'pause' })
    paused.put({ type: 'terminate', reason: 'fire alarm' })
    expect(paused.state.status).toBe('cancelled')
  })
})
