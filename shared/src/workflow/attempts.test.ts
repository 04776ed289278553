import { describe, expect, test } from 'vitest'
import { isRetryable } from '../policy/errors.ts'
import { parseTaskId, taskId } from './attempt.ts'
import type { Fact } from './command.ts'
import { define, FUNCTION, RETRIED, Run, TASK } from './test-support.ts'

const one = (extra: object = {}) => define({ steps: { a: { ...TASK, ...extra } } })
const retried = one({ retry: RETRIED })

describe('RES-1 retries', () => {
  test('RES-1 W30 a passing failure is tried again after the pause, at most so many times', () => {
    const run = new Run(retried)
    for (const attempt of [1, 2]) {
      run.begin('a')
      run.fail('a', 'network')
      expect(run.step('a')).toMatchObject({ status: 'ready', attempt, failures: attempt, notBefore: run.now + 1_000 })
      expect(run.wanted.offers).toMatchObject([{ attempt: attempt + 1, since: run.now + 1_000 }])
      run.wait(1_000)
    }
    run.begin('a')
    run.fail('a', 'network')
    expect(run.state).toMatchObject({ status: 'failed', turnedBack: { error: { code: 'network' } } })
  })

  test('RES-1 W30 a lasting failure is not tried again, whatever its reporter thinks', () => {
    for (const [code, reported] of [
      ['validation', true],
      ['broken', undefined],
      ['network', false],
    ] as const) {
      const run = new Run(retried)
      run.begin('a')
      run.fail('a', code, reported)
      expect([code, isRetryable(code, reported), run.state.status]).toEqual([code, false, 'failed'])
    }
  })

  test('RES-1 W30 a function waits for its time and is begun by the clock alone', () => {
    const run = new Run(define({ steps: { a: { ...FUNCTION, retry: RETRIED } } }))
    run.fail('a', 'network')
    expect(run.wanted).toMatchObject({ calls: [], wakeAt: run.now + 1_000 })
    run.wait(999)
    expect(run.wanted.calls).toEqual([])
    run.wait(1)
    expect(run.wanted.calls).toMatchObject([{ attempt: 2, id: taskId(run.id, { ref: 0, attempt: 2, purpose: 'forward' }) }])
  })
})

describe('EX-6 time', () => {
  test('EX-6 W31 an attempt that takes too long is a typed failure, at its moment and not before', () => {
    const run = new Run(one({ timeoutMs: 5_000 }))
    run.begin('a')
    expect(run.wanted.wakeAt).toBe(6_000)
    run.wait(4_999)
    expect(run.status('a')).toBe('running')
    run.wait(1)
    expect(run.state).toMatchObject({ status: 'failed', turnedBack: { error: { code: 'timeout' } } })
  })

  test('EX-6 W31 a timeout is retried like any passing failure', () => {
    const run = new Run(one({ timeoutMs: 5_000, retry: RETRIED }))
    run.begin('a')
    run.wait(5_000)
    expect(run.step('a')).toMatchObject({ status: 'ready', failures: 1, error: { code: 'timeout' } })
  })

  test('EX-6 W54 a workflow that takes too long is turned back, also while it is paused', () => {
    for (const paused of [false, true]) {
      const run = new Run(define({ steps: { a: TASK }, timeoutMs: 10_000 }))
      if (paused) run.put({ type: 'pause' })
      run.wait(9_999)
      expect(run.state.turnedBack).toBeUndefined()
      run.wait(1)
      expect(run.state).toMatchObject({ status: 'failed', turnedBack: { error: { code: 'timeout' } } })
    }
  })

  test('W7 the time of a log never runs back, whatever the wall clock does', () => {
    const run = new Run(retried)
    run.begin('a')
    run.now -= 900
    run.fail('a', 'network')
    expect(run.log.at(-1)?.at).toBe(1_000)
  })

  test('W36 what was written while the clock was ahead holds nothing up once it is put right', () => {
    const day = 86_400_000
    const run = new Run(one({ retry: RETRIED, timeoutMs: 5_000 }))
    run.now += day
    run.begin('a')
    run.fail('a', 'network')
    run.wait(1_000)
    run.now -= day
    expect(run.wanted.offers).toMatchObject([{ notBefore: day + 2_000 }])
    const fresh = new Run(one({ retry: RETRIED, timeoutMs: 5_000 }))
    fresh.now += day
    fresh.put({ type: 'set-priority', priority: 'low' })
    fresh.now -= day
    fresh.begin('a')
    expect(fresh.wanted.wakeAt).toBe(6_000)
    fresh.fail('a', 'network')
    expect(fresh.wanted.offers).toMatchObject([{ notBefore: 2_000 }])
  })
})

describe('RES-6 leases and declines', () => {
  test('RES-6 W32 a lost lease is a failed attempt: offered again after the pause', () => {
    const run = new Run(retried)
    const name = run.begin('a')
    run.report({ type: 'lease-lost', ...name })
    expect(run.step('a')).toMatchObject({ status: 'ready', error: { code: 'lease-lost' }, failures: 1 })
    run.report({ type: 'lease-lost', ...name })
    expect(run.step('a').failures).toBe(1)
  })

  test('RES-6 W33 a declined offer is no failure; whoever accepted can only fail', () => {
    const run = new Run(retried)
    run.put({ type: 'offer', agent: 'r1', ...run.name('a', 1) })
    run.report({ type: 'attempt-declined', reason: 'busy', ...run.name('a') })
    expect(run.step('a')).toMatchObject({ status: 'ready', attempt: 1, failures: 0, notBefore: 1_250 })
    run.begin('a')
    run.report({ type: 'attempt-declined', reason: 'changed my mind', ...run.name('a') })
    expect(run.step('a')).toMatchObject({ status: 'ready', failures: 1, error: { code: 'declined' } })
  })

  test('RES-6 W33 an agent that stops by itself has failed', () => {
    const run = new Run(retried)
    const name = run.begin('a')
    run.report({ type: 'attempt-stopped', ...name })
    expect(run.step('a')).toMatchObject({ status: 'ready', error: { code: 'stopped-by-agent' } })
  })

  test('RES-6 W34 a result of a lost lease is adopted while nothing newer has begun', () => {
    const run = new Run(retried)
    const name = run.begin('a')
    run.report({ type: 'lease-lost', ...name })
    run.succeed('a', 'done', name)
    expect(run.state.status).toBe('completed')
    expect(run.step('a').output).toBe('done')
  })

  test('RES-6 W34 once a newer attempt has begun it is kept as a fact, once, and not applied', () => {
    const run = new Run(retried)
    const first = run.begin('a')
    run.report({ type: 'lease-lost', ...first })
    run.now += 1_000
    run.begin('a', 'r2')
    expect(run.succeed('a', 'late', first).map(({ event }) => event.type)).toEqual(['late-result'])
    expect(run.succeed('a', 'late', first)).toEqual([])
    expect(run.status('a')).toBe('running')
    run.succeed('a', 'in time')
    expect(run.step('a').output).toBe('in time')
  })
})

describe('W37 who may report', () => {
  const steps = {
    a: { ...TASK, retry: RETRIED, compensate: 'undo' },
    f: { ...FUNCTION, timeoutMs: 60_000 },
    w: { type: 'wait', on: { kind: 'signal', signal: 'go' } },
    m: { type: 'map', over: '[1]', each: TASK },
    z: { ...TASK, compensate: 'undo' },
  }
  const definition = define({ steps, links: [{ from: 'w', to: 'z' }], compensations: { undo: TASK } })
  const reports = (ref: number, attempt: number, extra: object = {}): Fact[] =>
    (['forward', 'compensate'] as const).flatMap((purpose): Fact[] => [
      { type: 'attempt-accepted', ref, attempt, purpose },
      { type: 'attempt-declined', reason: 'x', ref, attempt, purpose },
      { type: 'attempt-succeeded', output: 'forged', ref, attempt, purpose, ...extra },
      { type: 'attempt-failed', error: { code: 'x', message: 'x' }, ref, attempt, purpose, ...extra },
      { type: 'attempt-stopped', ref, attempt, purpose },
      { type: 'lease-lost', ref, attempt, purpose },
    ])

  test('W37 nobody reports on what it was not offered: another’s task, a step not begun, a wait, a map, a function, an attempt made up', () => {
    const run = new Run(definition)
    run.begin('a', 'r1')
    for (const reporter of ['evil', 'f', 'r1']) {
      for (const ref of [0, 1, 2, 3, 4, 5]) {
        for (const attempt of [1, 2, 7]) {
          if (reporter === 'r1' && ref === 0 && attempt === 1) continue
          for (const fact of reports(ref, attempt)) expect([fact, run.put(fact, reporter)]).toEqual([fact, []])
        }
      }
    }
    for (const fact of reports(1, 1, { function: 'g' })) expect(run.put(fact, 'f')).toEqual([])
    run.succeed('a', 'done')
    run.succeed('f', 'called')
    expect([run.step('a').output, run.step('f').output, run.state.late]).toEqual(['done', 'called', []])
  })

  test('W37 in back-off and after a new offer, only the agent of the old attempt may still report on it', () => {
    const run = new Run(definition)
    const first = run.begin('a', 'r1')
    run.fail('a', 'network')
    expect(run.put({ type: 'attempt-succeeded', output: 'forged', ...first }, 'evil')).toEqual([])
    run.wait(1_000)
    run.begin('a', 'r2')
    expect(run.put({ type: 'attempt-succeeded', output: 'forged', ...first }, 'r2')).toEqual([])
    expect(run.succeed('a', 'late', first).map(({ event }) => event.type)).toEqual(['late-result'])
  })

  test('W37 whoever declined has nothing to report, and is not remembered', () => {
    const run = new Run(definition)
    run.put({ type: 'offer', agent: 'r1', ...run.name('a', 1) })
    run.report({ type: 'attempt-declined', reason: 'busy', ...run.name('a') })
    expect(run.put({ type: 'attempt-succeeded', output: 'forged', ...run.name('a') }, 'r1')).toEqual([])
    expect(run.step('a').offered).toEqual({})
  })
})

test('W38 errors are kept well-formed and bounded, whoever says them', () => {
  const endless = `${'x'.repeat(9_999)}\ud800`
  const run = new Run(define({ steps: { a: { ...TASK, retry: RETRIED } } }))
  run.begin('a')
  run.report({ type: 'attempt-failed', error: { code: endless, message: `\ud800${endless}`, retryable: true }, ...run.name('a') })
  run.now += 1_000
  run.begin('a')
  run.put({ type: 'cancel', reason: `\ud800${endless}` })
  run.report({ type: 'attempt-failed', error: { code: 'x', message: endless }, ...run.name('a', 1) })
  const [stop] = run.wanted.tasks
  const kept = [run.step('a').error?.message, run.step('a').error?.code, run.state.turnedBack?.error.message, stop?.stop]
  for (const text of kept) expect([text?.isWellFormed(), (text?.length ?? 0) <= 2_000]).toEqual([true, true])
  const quoted = new Run(define({ steps: { a: { ...TASK, input: { n: `input.missing + "${'y'.repeat(1_900)}"` } } } }))
  expect(quoted.step('a').error?.message.length).toBeLessThanOrEqual(2_000)
})

describe('EX-3 what is said twice', () => {
  test('EX-3 W6 any fact at once again changes nothing', () => {
    const run = new Run(one({ retry: RETRIED }))
    const name = run.begin('a')
    expect(run.report({ type: 'attempt-accepted', ...name })).toEqual([])
    run.fail('a', 'network')
    expect(run.fail('a', 'network', undefined, name)).toEqual([])
    expect(run.report({ type: 'attempt-accepted', ...name })).toEqual([])
    run.now += 1_000
    run.done('a', 1)
    expect(run.succeed('a', 1)).toEqual([])
    expect(run.state.status).toBe('completed')
  })

  test('EX-3 W6 an output that was found invalid and comes again costs no second try', () => {
    const run = new Run(one({ retry: RETRIED, validate: 'output == 1' }))
    const name = run.begin('a')
    run.succeed('a', 2)
    expect(run.succeed('a', 2, name)).toEqual([])
    expect(run.step('a').failures).toBe(1)
  })

  test('EX-3 W6 a result that comes again after it was undone and all has ended raises no conflict', () => {
    const steps = { a: { ...TASK, compensate: 'undo', retry: RETRIED }, b: TASK }
    const run = new Run(define({ steps, links: [{ from: 'a', to: 'b' }], compensations: { undo: FUNCTION } }))
    run.begin('a')
    run.fail('a', 'network')
    run.now += 1_000
    run.done('a', 1)
    const second = { ref: 0, attempt: 2, purpose: 'forward' } as const
    run.cancel()
    run.succeed('a')
    expect(run.state.status).toBe('cancelled')
    expect(run.succeed('a', 1, second)).toEqual([])
    expect(run.state.conflicts).toEqual([])
  })

  test('W6 a fact about a step or an attempt that never was changes nothing', () => {
    const run = new Run(one())
    expect(run.succeed('a', 1, { ref: 9, attempt: 1, purpose: 'forward' })).toEqual([])
    expect(run.succeed('a', 1, { ref: 0, attempt: 0, purpose: 'forward' })).toEqual([])
    expect(run.status('a')).toBe('ready')
  })

  test('W9 an attempt has one id, and nothing else reads as one', () => {
    const workflow = `w_${'0'.repeat(32)}`
    for (const purpose of ['forward', 'compensate'] as const) {
      const name = { ref: 10, attempt: 2, purpose }
      expect(parseTaskId(taskId(workflow, name))).toEqual({ workflow, name })
    }
    for (const bad of ['0.0', '00.1', '0.01', '0.c0', '-1.1', '0.1.1', '0', '1e3.1', '0.99999999999']) {
      expect([bad, parseTaskId(`${workflow}.${bad}`)]).toEqual([bad, undefined])
    }
  })
})

describe('validation', () => {
  test('EX-14 W35 what does not satisfy is a failed attempt, tried again; what can not be checked fails for good', () => {
    const run = new Run(one({ retry: RETRIED, validate: 'output.n > 1' }))
    run.begin('a')
    run.succeed('a', { n: 1 })
    expect(run.step('a')).toMatchObject({ status: 'ready', error: { code: 'output-invalid' } })
    run.now += 1_000
    run.begin('a')
    run.succeed('a', 'no member n')
    expect(run.step('a')).toMatchObject({ status: 'failed', error: { code: 'expression-error' } })
  })
})
