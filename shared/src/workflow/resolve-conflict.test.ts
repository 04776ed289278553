import { describe, expect, test } from 'vitest'
import type { Json } from '../values/json.ts'
import { Draft } from './draft.ts'
import type { ConflictOption, ConflictRecord } from './event.ts'
import { explain } from './explain.ts'
import { ASK, conflictIdOf, noteConflict } from './note-conflict.ts'
import { define, RETRIED, Run, TASK } from './test-support.ts'

const EFFECTS = ['none', 'take', 'undo', 'cancel', 'pause', 'raise', 'requeue', 'proceed', 'fail'] as const
const OUTCOMES = EFFECTS.map((effect): ConflictOption => ({ option: `do-${effect}`, effect, consequence: `It is ${effect}.` }))
const DEFINITION = define({ steps: { a: { ...TASK, retry: RETRIED } } })
const CLASH = { kind: 'data', rule: 'r', version: 3, parties: ['a', 'b'], choice: ASK, explanation: 'They collided.', step: 0 } as const

const note = (run: Run, inputs: Json, more: Partial<ConflictRecord> = {}): boolean => {
  const draft = new Draft(run.definition, run.id, run.state, { wall: run.now, monotonic: 0 }, 'rules')
  const isNew = noteConflict(draft, { ...CLASH, inputs, outcomes: OUTCOMES, ...more }, 'x')
  run.append(draft.entries)
  return isNew
}

/** A workflow in whose log a node has put a conflict that waits for a person. */
const clashing = (inputs: Json = {}, more: Partial<ConflictRecord> = {}): Run => {
  const run = new Run(DEFINITION)
  note(run, inputs, more)
  return run
}

const settle = (run: Run, option: string, by = 'ann', roles: readonly string[] = []) =>
  run.try({ type: 'resolve', conflict: conflictIdOf(run.id, 'r', 'x'), option, comment: 'seen to', roles }, by)

const codeOf = (tried: ReturnType<typeof settle>): string => (tried.ok ? 'ok' : tried.error.code)

describe('CON-2 W100 a person settles a conflict', () => {
  test('CON-2 W100 found twice, it is on record once, and waits in a queue', () => {
    const run = clashing()
    expect(note(run, {})).toBe(false)
    expect(run.state.conflicts).toMatchObject([
      { rule: 'r', version: 3, queue: 'conflicts', options: OUTCOMES.map(({ option }) => option) },
    ])
    expect(explain(run.definition, run.state)).toContain('Somebody in conflicts is to settle a conflict: They collided.')
  })

  test('CON-2 CON-6 W100 one choice settles it, and it is on record who chose what', () => {
    const run = clashing()
    expect(codeOf(settle(run, 'do-none'))).toBe('ok')
    expect(run.state.conflicts).toMatchObject([{ settled: { option: 'do-none', by: 'ann', comment: 'seen to' } }])
    expect(explain(run.definition, run.state)).not.toContain('conflict')
    const again = settle(run, 'do-none')
    expect(again.ok && again.value).toEqual([])
    const other = settle(run, 'do-cancel', 'bob')
    expect(other).toMatchObject({ ok: false, error: { code: 'already-settled', message: 'It was settled by ann, who chose do-none.' } })
  })

  test('CON-2 W100 what is none of its options, and who has not the role, is refused', () => {
    const run = clashing({}, { role: 'planner' })
    expect(codeOf(settle(run, 'do-none'))).toBe('role-required')
    expect(codeOf(settle(run, 'ask', 'ann', ['planner']))).toBe('no-such-option')
    expect(codeOf(run.try({ type: 'resolve', conflict: 'k_0', option: 'x', comment: '', roles: [] }))).toBe('no-such-conflict')
    expect(codeOf(settle(run, 'do-none', 'ann', ['planner']))).toBe('ok')
  })
})

describe('CON-2 W101 each option does what it says', () => {
  test.each([
    ['do-proceed', { status: 'active' }],
    ['do-cancel', { status: 'cancelled' }],
    ['do-undo', { status: 'cancelled' }],
    ['do-pause', { status: 'paused' }],
    ['do-raise', { priority: 'critical' }],
    ['do-fail', { status: 'failed', turnedBack: { error: { code: 'conflict-lost' } } }],
  ])('CON-2 W101 %s', (option, after) => {
    const run = clashing()
    expect(codeOf(settle(run, option))).toBe('ok')
    expect(run.state).toMatchObject(after)
  })

  test('CON-2 W101 requeue gives the step back, and it is tried again at once', () => {
    const run = clashing()
    expect(codeOf(settle(run, 'do-requeue'))).toBe('option-impossible')
    run.begin('a')
    expect(codeOf(settle(run, 'do-requeue'))).toBe('ok')
    expect(run.step('a')).toMatchObject({ status: 'ready', error: { code: 'conflict-lost' }, notBefore: run.now })
  })

  test('CON-2 W101 take carries out the decision that had lost, if it still can be', () => {
    const run = clashing({ proposed: { type: 'set-priority', priority: 'low' } })
    expect(codeOf(settle(run, 'do-take'))).toBe('ok')
    expect(run.state.priority).toBe('low')
    expect(codeOf(settle(clashing({ proposed: { type: 'resume' } }), 'do-take'))).toBe('illegal-transition')
    expect(codeOf(settle(clashing({ proposed: { type: 'signal', name: 'n', id: '1', payload: 1 } }), 'do-take'))).toBe('option-impossible')
    expect(codeOf(settle(clashing({ proposed: 7 }), 'do-take'))).toBe('malformed-proposal')
  })

  test('CON-2 W101 what can not be done any more is refused, and it is still to be settled', () => {
    const run = clashing()
    run.done('a')
    for (const option of ['do-cancel', 'do-raise', 'do-requeue', 'do-fail'])
      expect([option, codeOf(settle(run, option))]).toEqual([option, 'option-impossible'])
    expect(run.state.conflicts[0]?.settled).toBeUndefined()
    expect(codeOf(settle(run, 'do-undo'))).toBe('ok')
    expect(run.state.status).toBe('cancelled')
    expect(codeOf(settle(clashing(), 'do-undo'))).toBe('ok')
  })
})
