import { describe, expect, test } from 'vitest'
import { explain } from './explain.ts'
import { statusPath } from './path.ts'
import { define, Run, TASK } from './test-support.ts'

const opened = (rest: object = {}): Run =>
  new Run(
    define({
      steps: { ok: { type: 'approval', queue: 'leads', role: 'approver', ...rest }, b: TASK },
      links: [{ from: 'ok', to: 'b' }],
    }),
  )

const answer = (run: Run, by: string, approved = true, roles = ['approver']) =>
  run.try({ type: 'approve', step: 'ok', approved, comment: approved ? '' : 'too dear', roles }, by)

describe('GOV-1 approval steps', () => {
  test('GOV-1 W86 the step waits, says for whom, and its output tells who approved', () => {
    const run = opened({ needed: 2 })
    expect(run.wanted.answers).toMatchObject([{ kind: 'approval', step: 'ok', queue: 'leads', role: 'approver', needed: 2, given: [] }])
    expect(statusPath(run.state)).toBe('active.synchronizing')
    expect(explain(run.definition, run.state)).toBe('ok waits for 2 approvals (0 given) of whoever is approver, in leads.')
    answer(run, 'ann')
    expect(run.status('ok')).toBe('running')
    answer(run, 'bob')
    expect(run.step('ok').output).toEqual({ approved: true, by: ['ann', 'bob'], comments: [] })
    expect(run.status('b')).toBe('ready')
  })

  test('GOV-1 W86 everybody has one voice', () => {
    const run = opened({ needed: 2 })
    answer(run, 'ann')
    expect(answer(run, 'ann')).toEqual({ ok: true, value: [] })
    expect(answer(run, 'ann', false)).toMatchObject({ error: { code: 'already-answered' } })
    expect(run.step('ok').voices).toHaveLength(1)
  })

  test('GOV-1 W86 whoever has not the role is refused, and so is an answer that nobody waits for', () => {
    const run = opened()
    expect(answer(run, 'ann', true, ['viewer'])).toMatchObject({ error: { code: 'role-required', next: 'ask-person' } })
    answer(run, 'bob')
    expect(answer(run, 'ann')).toMatchObject({ error: { code: 'no-approval-wanted' } })
  })

  test('GOV-1 W86 the first who rejects decides it: it fails, or goes on and says so', () => {
    const strict = opened()
    answer(strict, 'ann', false)
    expect(strict.step('ok')).toMatchObject({ status: 'failed', error: { code: 'rejected', message: 'ann rejected it: too dear' } })
    expect(strict.state.status).toBe('failed')
    const lenient = opened({ onReject: 'continue', needed: 2 })
    answer(lenient, 'bob')
    answer(lenient, 'ann', false)
    expect(lenient.step('ok').output).toEqual({ approved: false, by: ['bob', 'ann'], comments: ['too dear'] })
  })

  test('GOV-1 EX-6 W86 W31 nobody answers in time: it fails with timeout', () => {
    const run = opened({ timeoutMs: 1_000 })
    expect(run.wanted.wakeAt).toBe(run.now + 1_000)
    run.wait(1_000)
    expect(run.step('ok')).toMatchObject({ status: 'failed', error: { code: 'timeout' } })
  })

  test('GOV-1 EX-8 W86 gone back on, it is asked anew', () => {
    const run = opened()
    answer(run, 'ann')
    run.put({ type: 'rollback', reason: 'prices changed', to: 'ok' })
    expect(run.step('ok')).toMatchObject({ status: 'running', voices: undefined, attempt: 2 })
    answer(run, 'ann')
    expect(run.status('b')).toBe('ready')
  })
})
