import { describe, expect, test } from 'vitest'
import type { WorkflowEvent } from '../workflow/event.ts'
import { define, Run, TASK } from '../workflow/test-support.ts'
import { lateWord, noteTwoAuthorities } from './former-authority.ts'

const definition = define({ steps: { pick: TASK, ask: { type: 'wait', on: { kind: 'signal', signal: 'go' } } } })
const run = (): Run => {
  const made = new Run(definition)
  made.begin('pick')
  return made
}
const word = (event: WorkflowEvent) => lateWord(definition, run().state, { at: 1, by: 'ann', event })

describe('D1 SYN-7 what a former authority wrote', () => {
  test('D1 the end of an attempt is a fact under its name; the end of a wait follows from the rest', () => {
    expect(word({ type: 'step-succeeded', ref: 0, sent: [], output: { crate: 3 } })).toMatchObject({
      kind: 'fact',
      fact: { type: 'attempt-succeeded', ref: 0, attempt: 1, output: { crate: 3 } },
      result: { type: 'late-result', succeeded: true },
    })
    const error = { code: 'dropped', message: 'it fell', retryable: true }
    expect(word({ type: 'step-failed', ref: 0, error, sent: [] })).toMatchObject({
      fact: { type: 'attempt-failed', error: { code: 'dropped' } },
    })
    expect(word({ type: 'step-succeeded', ref: 1, sent: [], output: null })).toBeUndefined()
    expect(word({ type: 'step-ready', ref: 1 })).toBeUndefined()
  })

  test('D1 what somebody decided is put again, verdicts stand, and nothing is read before there was a workflow', () => {
    expect(word({ type: 'paused' })).toEqual({ kind: 'decision', content: { type: 'pause' } })
    const error = { code: 'cancelled', message: 'no need', retryable: false }
    expect(word({ type: 'turned-back', outcome: 'cancelled', error, compensate: true })).toMatchObject({
      content: { type: 'cancel', reason: 'no need' },
    })
    expect(word({ type: 'turned-back', outcome: 'failed', error, compensate: true })).toBeUndefined()
    const verdict = { type: 'verdict', journal: 'cloud.1', n: 2, accepted: true, code: 'accepted', explanation: '' } as const
    expect(word(verdict)).toEqual({ kind: 'verdict', event: verdict })
    expect(lateWord(definition, undefined, { at: 1, by: 'ann', event: { type: 'paused' } })).toBeUndefined()
  })

  test('D1 that two executed at once is on record once, and a person is asked', () => {
    const { state, id } = run()
    const about = { segment: 'log:1.1.0', steps: [0] }
    const noted = noteTwoAuthorities(definition, id, state, about, { wall: 9_000, monotonic: 0 })
    expect(noted.entries).toMatchObject([
      { event: { type: 'conflict', rule: 'two-authorities', choice: 'ask', options: ['keep', 'undone'] } },
    ])
    expect(noteTwoAuthorities(definition, id, noted.state, about, { wall: 9_001, monotonic: 0 }).entries).toEqual([])
  })
})
