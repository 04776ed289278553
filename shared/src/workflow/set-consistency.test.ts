import { expect, test } from 'vitest'
import { consistencyOf } from './set-consistency.ts'
import { define, fold, Run, TASK, throughCodec } from './test-support.ts'

const BOUNDED = { level: 'bounded_staleness', maxLagMs: 5_000, maxPending: 3 } as const

const policyOf = (run: Run) => consistencyOf(run.definition.definition, run.state)

test('SYN-4 the policy is the definition’s until somebody decides otherwise; the log keeps what held before', () => {
  const run = new Run(define({ consistency: 'strong', steps: { a: TASK } }))
  expect(policyOf(run)).toEqual({ level: 'strong' })
  run.put({ type: 'set-consistency', consistency: BOUNDED })
  expect([policyOf(run), run.state.consistency?.before]).toEqual([BOUNDED, { level: 'strong' }])
  const again = fold(throughCodec(run.log))
  expect(again && consistencyOf(run.definition.definition, again)).toEqual(BOUNDED)
})

test('EX-10 what holds already is not decided again', () => {
  const run = new Run(define({ steps: { a: TASK } }))
  const before = run.log.length
  run.put({ type: 'set-consistency', consistency: { level: 'eventual' } })
  expect(run.log.length).toBe(before)
})

test('SM-2 what has ended is decided under what it ended under', () => {
  const run = new Run(define({ steps: { a: TASK } }))
  run.done('a')
  expect(run.try({ type: 'set-consistency', consistency: BOUNDED })).toMatchObject({ ok: false, error: { code: 'illegal-transition' } })
})
