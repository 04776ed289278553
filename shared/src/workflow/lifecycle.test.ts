import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prng } from '../testing/prng.ts'
import type { Command, Decision } from './command.ts'
import { decide } from './decide.ts'
import { EVENT_SCHEMAS, type WorkflowEvent } from './event.ts'
import { evolve } from './evolve.ts'
import { DECISION_TABLE, legalDecisions, STEP_TABLE, WORKFLOW_TABLE } from './lifecycle.ts'
import { randomDefinition } from './random-definition-support.ts'
import { World } from './random-support.ts'
import type { StepState, WorkflowState } from './state.ts'
import { STEP_STATUSES, type StepStatus, WORKFLOW_STATUSES, type WorkflowStatus } from './status.ts'
import { define, picture, Run, TASK } from './test-support.ts'

const DEFINITION = define({ steps: { a: TASK, m: { type: 'map', over: 'input.list', each: TASK } } })

const withStatus = (status: WorkflowStatus): WorkflowState => ({ ...new Run(DEFINITION, { list: [1, 2] }).state, status })

const DECISIONS: readonly Exclude<Decision, { type: 'create' }>[] = [
  { type: 'pause' },
  { type: 'resume' },
  { type: 'cancel', reason: 'x' },
  { type: 'terminate', reason: 'x' },
  { type: 'set-priority', priority: 'high' },
  { type: 'rollback', reason: 'x', to: 'm' },
  { type: 'restore', reason: 'x', position: 1 },
  { type: 'retry', reason: 'x' },
  { type: 'undo', reason: 'x' },
  { type: 'recover', strategy: 'retry', reason: 'x' },
  { type: 'review', step: 'a', answer: 'retry', comment: '' },
  { type: 'approve', step: 'a', approved: true, comment: '', roles: [] },
  { type: 'resolve', conflict: 'k_1', option: 'keep', comment: '', roles: [] },
  { type: 'discard', step: 'a', reason: 'x' },
  { type: 'checkpoint', name: 'x' },
]

const at = { wall: 5_000, monotonic: 0 }

describe('SM-2 decisions', () => {
  for (const status of WORKFLOW_STATUSES) {
    for (const decision of DECISIONS) {
      test(`SM-2 W4 ${decision.type} of a workflow that is ${status}: ${DECISION_TABLE[status][decision.type]}`, () => {
        const state = withStatus(status)
        const before = picture(state)
        const decided = decide(DEFINITION, new Run(DEFINITION, { list: [] }).id, state, decision, { now: at, by: 'ann' })
        const isIllegal = !decided.ok && decided.error.code === 'illegal-transition'
        expect(isIllegal).toBe(DECISION_TABLE[status][decision.type] === 'refused')
        expect(picture(state)).toBe(before)
        if (decided.ok || !isIllegal) return
        expect(decided.error).toMatchObject({ code: 'illegal-transition', details: { status, legal: legalDecisions(status) } })
        for (const legal of legalDecisions(status)) expect(decided.error.message).toContain(legal)
      })
    }
  }

  test('SM-2 W4 before its creation a workflow takes nothing but its creation', () => {
    const { id } = new Run(DEFINITION, { list: [] })
    for (const command of [...DECISIONS, { type: 'tick' }] satisfies Command[]) {
      const decided = decide(DEFINITION, id, undefined, command, { now: at, by: 'ann' })
      expect(decided).toMatchObject({ ok: false, error: { code: 'no-such-workflow' } })
    }
    expect(legalDecisions('absent')).toEqual(['create'])
  })
})

const EVENTS: readonly WorkflowEvent[] = [
  { type: 'started' },
  { type: 'paused' },
  { type: 'resumed' },
  { type: 'turned-back', outcome: 'failed', error: { code: 'x', message: 'x', retryable: false }, compensate: true },
  { type: 'rewound', refs: [0], links: [] },
  { type: 'given-up', refs: [0] },
  { type: 'reopened', reason: 'x' },
  { type: 'completed', output: 1 },
  { type: 'failed' },
  { type: 'cancelled' },
]

const STEP_EVENTS: readonly WorkflowEvent[] = [
  { type: 'step-ready', ref: 0 },
  { type: 'step-skipped', ref: 0 },
  { type: 'step-cancelled', ref: 0 },
  { type: 'resource-awaited', ref: 0, resource: 'dock' },
  { type: 'fanned-out', ref: 0, items: [1, 2] },
  { type: 'items-resumed', ref: 0 },
  { type: 'review-wanted', ref: 0, queue: 'q', error: { code: 'x', message: 'x', retryable: false } },
  { type: 'reviewed', ref: 0, answer: 'skip', comment: '' },
  { type: 'approval-given', ref: 0, approved: true, comment: '' },
  { type: 'discarded', ref: 0, reason: 'x' },
  { type: 'offered', ref: 0, attempt: 1, agent: 'r' },
  { type: 'declined', ref: 0, attempt: 1, reason: 'x', retryAt: 9 },
  { type: 'running', ref: 0, attempt: 1 },
  { type: 'validating', ref: 0, output: 1 },
  { type: 'step-succeeded', ref: 0, sent: [] },
  { type: 'attempt-failed', ref: 0, attempt: 1, error: { code: 'x', message: 'x', retryable: true }, retryAt: 9 },
  { type: 'step-failed', ref: 0, error: { code: 'x', message: 'x', retryable: true }, sent: [] },
  { type: 'stopped', ref: 0 },
  { type: 'compensating', ref: 0 },
  { type: 'compensated', ref: 0 },
  { type: 'compensation-failed', ref: 0, error: { code: 'x', message: 'x', retryable: true } },
]

describe('SM-2 events', () => {
  for (const status of WORKFLOW_STATUSES) {
    test(`SM-2 W5 every event on a workflow that is ${status} does what its cell says`, () => {
      for (const event of EVENTS) {
        const state = withStatus(status)
        const cells: { readonly [type: string]: WorkflowStatus | null } = WORKFLOW_TABLE[status]
        const next = evolve(state, { at: 6_000, by: 'x', event })
        expect([event.type, next?.status]).toEqual([event.type, cells[event.type] ?? status])
        expect(next?.length).toBe(state.length + 1)
        if (cells[event.type] === null) expect(picture(next)).toBe(picture({ ...state, length: state.length + 1, lastAt: 6_000 }))
      }
    })
  }

  for (const status of STEP_STATUSES) {
    test(`SM-2 SM-6 W5 every event on a step that is ${status} does what its cell says`, () => {
      for (const event of STEP_EVENTS) {
        const state = withStepStatus(status)
        const cells: { readonly [type: string]: StepStatus | null } = STEP_TABLE[status]
        const next = evolve(state, { at: 6_000, by: 'x', event })
        expect([event.type, next?.steps[0]?.status]).toEqual([event.type, cells[event.type] ?? status])
        if (cells[event.type] === null) expect(picture(next)).toBe(picture({ ...state, length: state.length + 1, lastAt: 6_000 }))
      }
    })
  }

  test('SM-2 W5 a created workflow is not created again, and nothing but a creation begins one', () => {
    const state = withStatus('active')
    const { state: born, log } = new Run(DEFINITION, { list: [] })
    expect(evolve(state, { ...log[0]!, at: 6_000 })?.steps).toBe(state.steps)
    expect(born.status).toBe('active')
    for (const event of [...EVENTS, ...STEP_EVENTS]) expect(evolve(undefined, { at: 1, by: 'x', event })).toBeUndefined()
  })
})

const withStepStatus = (status: StepStatus): WorkflowState => {
  const run = new Run(DEFINITION, { list: [1, 2] })
  const steps: StepState[] = run.state.steps.map((step, ref) => (ref === 0 ? { ...step, status, attempt: 1 } : step))
  return { ...run.state, steps }
}

/** Events of every shape that passes its schema, refs and all else at random. */
const anyEvent: fc.Arbitrary<WorkflowEvent> = fc
  .tuple(fc.constantFrom(...Object.values(EVENT_SCHEMAS)), fc.nat(2 ** 31 - 1))
  .map(([schema, seed]) => schema.parse(randomMembers(schema.shape.type.value, new Prng(`event ${seed}`))))

const AWAITS = [
  { kind: 'signal', signal: 'go' },
  { kind: 'child', workflow: 'w', key: 'k', leave: false },
]

const randomMembers = (type: string, random: Prng): object => {
  const text = random.pick(['', 'a', '__proto__', 'toString', 'go'])
  const error = { code: text, message: text, retryable: random.chance(0.5) }
  const step = {
    ref: random.between(0, 6),
    attempt: random.between(1, 3),
    sent: [random.between(0, 9)],
    error,
    items: [1, 2, 3],
    agent: text,
  }
  const values = { output: random.pick([null, 1, {}]), input: {}, retryAt: random.between(0, 99), dueAt: 5, reason: text, payload: null }
  const names = { name: text, id: text, home: text, key: text, definition: text, title: text, resource: text, workflow: text, rule: text }
  const words = {
    outcome: random.pick(['failed', 'rewound']),
    priority: 'low',
    purpose: 'forward',
    kind: type === 'conflict' ? 'data' : 'robot',
    choice: 'ask',
    conflict: text,
    option: text,
    status: random.pick(['completed', 'cancelled']),
  }
  const promises = { breaker: text, until: 5, breachAt: 5, epoch: 1, to: text }
  const stages = { stage: random.pick(['created', 'closed']), signal: text }
  const rest = { version: 1, steps: random.between(0, 5), step: random.between(0, 9), compensate: true, succeeded: true, accepted: true }
  const several = {
    refs: [0, random.between(0, 9)],
    kept: [random.between(0, 9)],
    links: [random.between(0, 9)],
    scope: [random.between(0, 9)],
  }
  const answers = { queue: text, answer: random.pick(['retry', 'skip']), comment: text, approved: random.chance(0.5), strategy: 'retry' }
  const places = [random.between(-1, 4), random.between(-1, 4)]
  const lists = { parties: [], options: [], capabilities: [], capacity: 1, explanation: text, journal: text, n: 1, code: text }
  return {
    type,
    ...step,
    ...values,
    ...names,
    ...words,
    ...rest,
    ...promises,
    ...stages,
    ...lists,
    places,
    ...several,
    ...answers,
    awaits: random.pick(AWAITS),
    policy: { level: random.pick(['strong', 'eventual']) },
    before: { level: 'eventual' },
  }
}

test('SM-2 D1 W5 evolve is total: any events in any order, from any state on the way, give a state', () => {
  const states = Array.from({ length: 12 }, (_, seed) => {
    const definition = randomDefinition(new Prng(`d${seed}`), 1 + seed)
    const world = new World({ definition, seed, dice: new Prng(`w${seed}`) }, { interference: 0.1, maxMoves: seed * 20 })
    world.live()
    return world.run.state
  })
  fc.assert(
    fc.property(fc.constantFrom(...states), fc.array(anyEvent, { maxLength: 40 }), (start, events) => {
      let state: WorkflowState | undefined = start
      let ended: WorkflowStatus | undefined
      for (const [index, event] of events.entries()) {
        state = evolve(state, { at: start.lastAt + index, by: 'x', event })
        if (state === undefined) throw new Error('a state was lost')
        if (ended !== undefined && event.type !== 'reopened') expect(state.status).toBe(ended)
        ended = undefined
        if (state.status === 'completed' || state.status === 'failed' || state.status === 'cancelled') ended = state.status
      }
      expect(state?.length).toBe(start.length + events.length)
    }),
    { numRuns: 400 },
  )
})

test('W3 D5 a mark is the highest number judged, whatever the journal is called', () => {
  const verdict = (journal: string, n: number): WorkflowEvent => ({
    type: 'verdict',
    journal,
    n,
    accepted: true,
    code: 'x',
    explanation: '',
  })
  let state: WorkflowState | undefined = withStatus('active')
  for (const [journal, n] of [
    ['toString', 2],
    ['toString', 1],
    ['__proto__', 3],
    ['a', 1],
  ] as const) {
    state = evolve(state, { at: 6_000, by: 'x', event: verdict(journal, n) })
  }
  expect(Object.entries(state?.marks ?? {})).toEqual([
    ['toString', 2],
    ['__proto__', 3],
    ['a', 1],
  ])
})
