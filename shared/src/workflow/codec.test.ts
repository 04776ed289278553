import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, type Json } from '../values/json.ts'
import { decodeEntry, EMPTY_CONTEXT, encodeEntry } from './codec.ts'
import type { EVENT_SCHEMAS, LogEntry, WorkflowEvent } from './event.ts'
import { throughCodec } from './test-support.ts'

const error = { code: 'x', message: 'y', retryable: true }
const TIME = 1_000

/** One event of each kind with all that it can carry, and one with no more than it must. */
const EVENTS: { readonly [Type in keyof typeof EVENT_SCHEMAS]: readonly WorkflowEvent[] } = {
  created: [
    {
      type: 'created',
      home: 'h',
      key: 'k',
      definition: 'd',
      name: 'n',
      version: 3,
      steps: 2,
      title: 't',
      priority: 'high',
      input: { a: [null, 1] },
    },
    { type: 'created', home: 'h', key: 'k', definition: 'd', name: 'n', version: 0, steps: 0, title: '', priority: 'low', input: null },
    {
      type: 'created',
      home: 'h',
      key: 'w.1.1',
      definition: 'd',
      name: 'n',
      version: 1,
      steps: 1,
      title: '',
      priority: 'low',
      input: null,
      parent: { workflow: 'w', step: 1, depth: 1 },
    },
  ],
  started: [{ type: 'started' }],
  paused: [{ type: 'paused' }],
  resumed: [{ type: 'resumed' }],
  'priority-set': [{ type: 'priority-set', priority: 'critical' }],
  signalled: [{ type: 'signalled', name: 'go', id: '1', payload: null }],
  'turned-back': [
    { type: 'turned-back', outcome: 'failed', error, compensate: true, step: 0 },
    { type: 'turned-back', outcome: 'cancelled', error, compensate: false },
    { type: 'turned-back', outcome: 'rewound', error, compensate: true, scope: [1, 2] },
  ],
  'review-wanted': [{ type: 'review-wanted', ref: 0, queue: 'leads', error }],
  reviewed: [{ type: 'reviewed', ref: 0, answer: 'skip', comment: 'not needed' }],
  'approval-given': [{ type: 'approval-given', ref: 0, approved: false, comment: '' }],
  recovering: [{ type: 'recovering', step: 0, strategy: 'rollback' }],
  discarded: [{ type: 'discarded', ref: 0, reason: 'never again' }],
  checkpointed: [{ type: 'checkpointed', name: 'before the lift' }],
  rewound: [
    { type: 'rewound', refs: [1, 2], links: [0] },
    { type: 'rewound', refs: [1, 2], links: [], kept: [2] },
  ],
  'stage-entered': [
    { type: 'stage-entered', stage: 'created' },
    { type: 'stage-entered', stage: 'analysing', step: 2 },
    { type: 'stage-entered', stage: 'closed', signal: 's1' },
    { type: 'stage-entered', stage: 'closed', reason: 'nothing was found' },
  ],
  'child-ended': [{ type: 'child-ended', step: 1, attempt: 2, status: 'refused' }],
  'given-up': [{ type: 'given-up', refs: [3] }],
  reopened: [{ type: 'reopened', reason: 'the dock is free' }],
  completed: [{ type: 'completed', output: null }],
  failed: [{ type: 'failed' }],
  cancelled: [{ type: 'cancelled' }],
  'step-ready': [
    { type: 'step-ready', ref: 0, input: {} },
    { type: 'step-ready', ref: 1 },
  ],
  'step-skipped': [
    { type: 'step-skipped', ref: 0 },
    { type: 'step-skipped', ref: 0, sent: [1] },
  ],
  'step-cancelled': [{ type: 'step-cancelled', ref: 0 }],
  'resource-awaited': [
    { type: 'resource-awaited', ref: 0, resource: 'dock' },
    { type: 'resource-awaited', ref: 0, resource: 'dock', shortage: 'all held' },
  ],
  'fanned-out': [
    { type: 'fanned-out', ref: 0, items: [null, { a: 1 }], dueAt: TIME + 7 },
    { type: 'fanned-out', ref: 0, items: [] },
  ],
  'items-resumed': [{ type: 'items-resumed', ref: 0, dueAt: TIME + 7 }],
  offered: [{ type: 'offered', ref: 0, attempt: 1, agent: 'r' }],
  declined: [{ type: 'declined', ref: 0, attempt: 1, reason: 'busy', retryAt: TIME + 250 }],
  running: [
    { type: 'running', ref: 0, attempt: 1 },
    { type: 'running', ref: 0, attempt: 1, dueAt: TIME - 5, awaits: { kind: 'time', until: 9 } },
    { type: 'running', ref: 0, attempt: 1, awaits: { kind: 'signal', signal: 'go' } },
    { type: 'running', ref: 0, attempt: 1, awaits: { kind: 'approval', queue: 'leads', needed: 2, role: 'planner' } },
    { type: 'running', ref: 0, attempt: 1, awaits: { kind: 'step', home: 'h', workflow: 'w', key: 'k', step: 's' } },
    { type: 'running', ref: 0, attempt: 1, awaits: { kind: 'workflow', home: 'h', workflow: 'w', key: 'k' } },
    { type: 'running', ref: 0, attempt: 1, awaits: { kind: 'barrier', barrier: 'noon', parties: 3 } },
    { type: 'running', ref: 0, attempt: 1, awaits: { kind: 'child', workflow: 'w', key: 'k', leave: true } },
  ],
  validating: [{ type: 'validating', ref: 0, output: null }],
  'step-succeeded': [
    { type: 'step-succeeded', ref: 0, sent: [], output: false },
    { type: 'step-succeeded', ref: 0, sent: [1, 2] },
  ],
  'attempt-failed': [{ type: 'attempt-failed', ref: 0, attempt: 1, error, retryAt: TIME }],
  'step-failed': [{ type: 'step-failed', ref: 0, error, sent: [0] }],
  stopped: [{ type: 'stopped', ref: 0 }],
  compensating: [
    { type: 'compensating', ref: 0, input: { a: 1 } },
    { type: 'compensating', ref: 0 },
  ],
  compensated: [{ type: 'compensated', ref: 0 }],
  'compensation-failed': [{ type: 'compensation-failed', ref: 0, error }],
  'late-result': [{ type: 'late-result', ref: 0, attempt: 1, purpose: 'compensate', succeeded: false, output: null }],
  'follow-up-wanted': [{ type: 'follow-up-wanted', key: 'k', definition: 'd', input: null }],
  'follow-up-started': [{ type: 'follow-up-started', key: 'k', workflow: 'w' }],
  conflict: [
    { type: 'conflict', kind: 'data', rule: 'r', parties: ['a', 'b'], options: [], choice: '', explanation: 'e' },
    {
      type: 'conflict',
      kind: 'safety',
      rule: 'r',
      parties: ['a'],
      options: ['wait'],
      choice: 'ask',
      explanation: 'e',
      id: 'k_1',
      version: 2,
      severity: 'critical',
      inputs: { zone: 7 },
      outcomes: [{ option: 'wait', effect: 'none', consequence: 'It waits.' }],
      queue: 'leads',
      role: 'planner',
      step: 3,
      strategy: 'priority',
      tried: ['negotiation'],
    },
  ],
  'conflict-settled': [{ type: 'conflict-settled', conflict: 'k_1', option: 'wait', comment: 'after the shift' }],
  'agent-registered': [{ type: 'agent-registered', agent: 'r', kind: 'robot', capabilities: ['move'], capacity: 2 }],
  'agent-came': [{ type: 'agent-came', agent: 'r' }],
  'agent-went': [{ type: 'agent-went', agent: 'r' }],
  migrated: [{ type: 'migrated', definition: 'ab', name: 'n', version: 2, steps: 3, places: [2, -1, 0], sent: [1] }],
  'breaker-opened': [{ type: 'breaker-opened', breaker: 'd:pick', until: 99_000 }],
  'breaker-half-opened': [{ type: 'breaker-half-opened', breaker: 'd:pick' }],
  'breaker-closed': [{ type: 'breaker-closed', breaker: 'd:pick' }],
  'handed-over': [{ type: 'handed-over', epoch: 3, to: 'spare' }],
  'deadline-set': [
    { type: 'deadline-set', breachAt: 70_000 },
    { type: 'deadline-set', breachAt: 70_000, atRiskAt: 60_000, step: 1 },
  ],
  'deadline-at-risk': [{ type: 'deadline-at-risk' }, { type: 'deadline-at-risk', step: 1 }],
  'deadline-breached': [{ type: 'deadline-breached' }, { type: 'deadline-breached', step: 1 }],
  verdict: [{ type: 'verdict', journal: 'j', n: 1, accepted: true, code: 'accepted', explanation: 'e' }],
  'consistency-set': [
    { type: 'consistency-set', policy: { level: 'strong' }, before: { level: 'eventual' } },
    {
      type: 'consistency-set',
      policy: { level: 'bounded_staleness', maxLagMs: 5_000, maxPending: 3 },
      before: { level: 'bounded_staleness', maxLagMs: 1, maxPending: 1 },
    },
  ],
}

const entryOf = (event: WorkflowEvent, by = 'ann'): LogEntry => ({ at: TIME, by, event })
const decode = (coded: readonly Json[]) => decodeEntry(coded, EMPTY_CONTEXT).entry

describe('W8 the codec', () => {
  for (const [type, events] of Object.entries(EVENTS)) {
    test(`W8 ${type} comes back as it was written, alone and in a log`, () => {
      for (const event of events) expect(throughCodec([entryOf(event)])).toEqual([entryOf(event)])
      const log = events.flatMap((event, n) => [entryOf(event, 'bob'), { at: TIME + n, by: 'ann', event: { type: 'paused' as const } }])
      expect(throughCodec(log)).toEqual(log)
    })
  }

  /** These arrays lie in logs. A changed line here is a broken log somewhere. */
  test('W8 the bytes of old logs keep their meaning', () => {
    const coded = Object.values(EVENTS).flatMap((events) =>
      events.map((event) => canonicalJson([...encodeEntry(entryOf(event), EMPTY_CONTEXT).coded])),
    )
    expect(coded.join('\n')).toMatchSnapshot()
  })

  test('W8 actors are written once, times as differences', () => {
    const first = encodeEntry(entryOf({ type: 'paused' }), EMPTY_CONTEXT)
    const second = encodeEntry({ at: TIME + 5, by: 'ann', event: { type: 'resumed' } }, first.context)
    expect([first.coded, second.coded]).toEqual([
      [3, TIME, 'ann'],
      [4, 5, 0],
    ])
  })

  test('W8 what a newer version wrote is kept opaque, and written back as it was', () => {
    const coded = [999, 5, 'ann', { deep: [1] }, null, 'x']
    const { entry } = decodeEntry(coded, EMPTY_CONTEXT)
    expect(entry).toEqual({ at: 5, by: 'ann', event: { type: 'unknown', code: 999, fields: [{ deep: [1] }, null, 'x'] } })
    expect(encodeEntry(entry, EMPTY_CONTEXT).coded).toEqual(coded)
  })

  test('W8 a known code with fields that make no sense is unknown, not a crash', () => {
    for (const coded of [
      [11, 0, 'a', -1],
      [11, 0, 'a', 'x'],
      [16, 0, 'a', 0, 0, 'agent'],
      [1, 0, 'a'],
      [1, 0, 'a', 'h', 'k', 'd', 'n', 1, 2 ** 40, 't', 'low', null],
      [1, 0, 'a', 'h', 'k', 'd', 'n', 1, 10_001, 't', 'low', {}],
      [18, 0, 'a', 0, 1, 'soon'],
      [31, 0, 'a', 'j', 0, true, 'c', 'e'],
    ]) {
      expect(decode(coded).event).toMatchObject({ type: 'unknown', code: coded[0] })
    }
  })

  test('W8 it reads any array of JSON, and what follows keeps its time', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.jsonValue())), (arrays) => {
        let context = EMPTY_CONTEXT
        for (const coded of arrays) {
          const read = decodeEntry(JSON.parse(JSON.stringify(coded)), context)
          expect(read.context.at).toBe(read.entry.at)
          context = read.context
        }
        expect(decodeEntry([3, 10, 'zoe'], context).entry).toEqual({ at: context.at + 10, by: 'zoe', event: { type: 'paused' } })
      }),
    )
  })
})
