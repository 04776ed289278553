import { describe, expect, test } from 'vitest'
import { describeEvent } from './describe.ts'
import { evolve } from './evolve.ts'
import { explain } from './explain.ts'
import { progress, statusPath } from './path.ts'
import { STATUS_PATHS, STEP_STATUSES } from './status.ts'
import { define, FUNCTION, Run, TASK } from './test-support.ts'

const SM_1 = [
  'pending',
  'active.initializing',
  'active.executing.step_preparation',
  'active.executing.step_execution',
  'active.executing.step_validation',
  'active.executing.step_cleanup',
  'active.waiting_for_resource',
  'active.synchronizing',
  'paused',
  'completed',
  'failed',
  'cancelled',
]
const SM_6 = [
  'pending',
  'ready',
  'waiting_for_resource',
  'offered',
  'running',
  'validating',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'compensating',
  'compensated',
]

const definition = define({
  steps: { a: { ...TASK, kind: 'robot', compensate: 'u' }, w: { type: 'wait', on: { kind: 'signal', signal: 'go' } }, b: TASK },
  links: [
    { from: 'a', to: 'w' },
    { from: 'w', to: 'b' },
  ],
  compensations: { u: FUNCTION },
})
const path = (run: Run) => statusPath(run.state)

describe('SM-1 where a workflow stands', () => {
  test('SM-1 SM-6 the words are those of the table', () => {
    expect([...STATUS_PATHS]).toEqual(SM_1)
    expect([...STEP_STATUSES]).toEqual(SM_6)
  })

  test('SM-1 along a life, each with its sentence', () => {
    const run = new Run(definition)
    const seen: [string, string][] = []
    const note = () => void seen.push([path(run), explain(definition, run.state)])
    note()
    run.put({ type: 'offer', agent: 'r1', ...run.name('a', 1) })
    note()
    run.report({ type: 'attempt-accepted', ...run.name('a') })
    note()
    run.succeed('a')
    note()
    run.put({ type: 'pause' })
    note()
    run.put({ type: 'resume' })
    run.cancel()
    note()
    run.succeed('a')
    note()
    expect(seen).toEqual([
      ['active.executing.step_preparation', 'a waits for a robot who can move.'],
      ['active.executing.step_preparation', 'a waits for r1 to accept it.'],
      ['active.executing.step_execution', 'r1 is working on a.'],
      ['active.synchronizing', 'w waits for the signal “go”.'],
      ['paused', 'Paused: running steps may finish, none is started until somebody resumes it.'],
      ['active.executing.step_cleanup', 'Going back, will end cancelled (not needed). a is to be undone and waits for somebody to do it.'],
      ['cancelled', 'Cancelled: not needed. 1 completed step was undone.'],
    ])
  })

  test('SM-1 the paths that need no agent: a resource, a check, a beginning', () => {
    const { state } = new Run(definition)
    const on = (event: Parameters<typeof evolve>[1]['event']) => evolve(state, { at: 2_000, by: 'x', event })
    const waiting = on({ type: 'resource-awaited', ref: 0, resource: 'dock' })
    const validating = on({ type: 'validating', ref: 0, output: 1 })
    const initial = { ...state, steps: state.steps.map((step) => ({ ...step, status: 'pending' as const })) }
    expect([waiting, validating, initial].map((each) => each && statusPath(each))).toEqual([
      'active.waiting_for_resource',
      'active.executing.step_validation',
      'active.initializing',
    ])
    expect(waiting && explain(definition, waiting)).toBe('a waits for dock.')
  })

  test('progress counts what has settled, items as soon as they are known; an end is all of it', () => {
    const run = new Run(define({ steps: { m: { type: 'map', over: '[1, 2]', each: TASK }, a: TASK } }))
    expect(progress(run.state)).toEqual({ settled: 0, total: 4, percent: 0 })
    run.done('m/0')
    expect(progress(run.state)).toEqual({ settled: 1, total: 4, percent: 25 })
    run.begin('a')
    run.fail('a')
    run.report({ type: 'attempt-stopped', ...run.name('m/1') })
    expect(progress(run.state).percent).toBe(run.state.status === 'failed' ? 100 : -1)
  })

  test('SM-7 every event has its sentence', () => {
    const run = new Run(definition)
    run.done('a', 1)
    run.signal('go', '1')
    run.begin('b')
    run.fail('b')
    run.succeed('a')
    const history = run.log.map(({ event }) => describeEvent(definition, run.state, event))
    expect(history).toContain('a succeeded.')
    expect(history).toContain('b failed for good (broken): broken!.')
    for (const line of history) expect(line).toMatch(/^\S.*\.$/)
    expect(describeEvent(definition, run.state, { type: 'unknown', code: 99, fields: [] })).toMatch(/newer version/)
  })
})
