import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { workflowIdOf } from '../values/ids.ts'
import { canonicalJson, type Json } from '../values/json.ts'
import type { Decision } from '../workflow/command.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { define, FUNCTION, fold, HOME, picture, Run, TASK, throughCodec } from '../workflow/test-support.ts'
import { type Judgeable, type Judged, judge } from './judge.ts'

const NOW = { wall: 9_000, monotonic: 0 }
const CANCEL = { type: 'cancel', reason: 'customer called' }

const proposal = (content: Json, basisLength = 0, extra: Partial<Judgeable> = {}): Judgeable => ({
  journal: 'cloud.1',
  n: 1,
  by: 'bob',
  reason: 'because',
  basisLength,
  content,
  ...extra,
})

const put = (run: Run, content: Json, basisLength = run.log.length): Judged => {
  const judged = judge(run.definition, run.id, run.state, proposal(content, basisLength), NOW)
  if (judged === undefined) throw new Error('not judged')
  return judged
}

const verdictOf = ({ state }: Judged) => state.verdicts.at(-1)

/** a, then ship, from which there is no return; then bill. */
const order = (late?: object, extra: object = {}): CompiledDefinition =>
  define({
    steps: { a: { ...TASK, compensate: 'undo' }, ship: { ...TASK, compensate: 'undo' }, bill: TASK },
    links: [
      { from: 'a', to: 'ship' },
      { from: 'ship', to: 'bill' },
    ],
    compensations: { undo: FUNCTION },
    cancel: { pointOfNoReturn: 'ship', ...(late === undefined ? {} : { late }) },
    ...extra,
  })

const shipped = (late?: object): { readonly run: Run; readonly before: number; readonly begun: number } => {
  const run = new Run(order(late), { order: 7 })
  run.done('a')
  const before = run.log.length
  run.begin('ship')
  const begun = run.log.length
  run.succeed('ship')
  return { run, before, begun }
}

describe('CON-1 a verdict for every proposal', () => {
  test('CON-1 what is legal is accepted, with all that it leads to', () => {
    const run = new Run(order())
    const judged = put(run, CANCEL)
    expect(judged).toMatchObject({ accepted: true, state: { status: 'cancelled', marks: { 'cloud.1': 1 } } })
    expect(verdictOf(judged)).toMatchObject({ accepted: true, code: 'accepted', journal: 'cloud.1', n: 1 })
    expect(judged.state.turnedBack).toMatchObject({ by: 'bob', error: { message: 'customer called' } })
  })

  test('CON-1 what is not is refused with the reason; nothing but the verdict is written', () => {
    const judged = put(new Run(order()), { type: 'resume' })
    expect(judged.entries).toHaveLength(1)
    expect(verdictOf(judged)).toMatchObject({ accepted: false, code: 'illegal-transition' })
  })

  test('CON-1 what can not be understood is refused, and what is wrong with it is told', () => {
    for (const content of [
      null,
      7,
      {},
      { type: 'cancel' },
      { type: 'offer', ref: 0 },
      { ...CANCEL, extra: 1 },
      { type: 'attempt-succeeded' },
    ]) {
      const judged = put(new Run(order()), content)
      expect([content, verdictOf(judged)?.code, judged.entries.length]).toEqual([content, 'malformed-proposal', 1])
    }
  })

  test('CON-1 without a workflow, only a creation can be judged', () => {
    const definition = order()
    const id = workflowIdOf(HOME, 'k')
    expect(judge(definition, id, undefined, proposal(CANCEL), NOW)).toBeUndefined()
    expect(judge(definition, id, undefined, proposal('nonsense'), NOW)).toBeUndefined()
  })

  test('a verdict is never dated before what it judges', () => {
    const run = new Run(order())
    const judged = judge(run.definition, run.id, run.state, proposal(CANCEL), { wall: 1, monotonic: 0 })
    expect(judged?.entries.map(({ at }) => at)).toEqual(judged?.entries.map(() => 1_000))
  })
})

describe('creation by proposal', () => {
  const id = workflowIdOf(HOME, 'k')
  const create = (definition: CompiledDefinition, input: Json = {}): Extract<Decision, { type: 'create' }> => {
    return { type: 'create', home: HOME, key: 'k', definition: definition.hash, title: 't', priority: 'normal', input }
  }

  test('EX-10 accepted, it is created; again, it is the same one', () => {
    const definition = order()
    const first = judge(definition, id, undefined, proposal({ ...create(definition) }), NOW)
    expect(first).toMatchObject({ accepted: true, state: { status: 'active', createdBy: 'bob' } })
    const again = judge(definition, id, first?.state, proposal({ ...create(definition) }, 0, { n: 2 }), NOW)
    expect(again?.entries.map(({ event }) => event.type)).toEqual(['verdict'])
    expect(again?.accepted).toBe(true)
  })

  test('one that can not be still tells its author why, as a workflow that failed before its first step', () => {
    const picky = define({ steps: { a: TASK }, inputSchema: { type: 'object', required: ['n'], properties: { n: {} } } })
    for (const [definition, workflow, code] of [
      [picky, id, 'invalid-input'],
      [undefined, id, 'unknown-definition'],
      [picky, workflowIdOf(HOME, 'other'), 'wrong-id'],
    ] as const) {
      const judged = judge(definition, workflow, undefined, proposal({ ...create(picky) }), NOW)
      expect(judged).toMatchObject({ accepted: false, state: { status: 'failed', steps: [], turnedBack: { error: { code } } } })
      expect(picture(fold(throughCodec(judged?.entries ?? [])))).toBe(picture(judged?.state))
    }
  })
})

describe('CON-5 a cancel that came too late', () => {
  test('CON-5 before the point of no return it is in time', () => {
    const run = new Run(order())
    run.done('a')
    const judged = put(run, CANCEL)
    expect(judged).toMatchObject({ accepted: true, state: { conflicts: [], turnedBack: { outcome: 'cancelled' } } })
    expect(verdictOf(judged)?.explanation).toBe('In time: cancelled. 1 completed step will be undone.')
  })

  test('CON-5 whoever had seen it begin is plainly refused; whoever could not have is a party to a conflict', () => {
    const { run, before, begun } = shipped()
    const seen = put(run, CANCEL, begun)
    expect([verdictOf(seen)?.code, seen.state.conflicts]).toEqual(['past-point-of-no-return', []])
    const unseen = put(run, CANCEL, before)
    expect(verdictOf(unseen)).toMatchObject({ accepted: false, code: 'too-late' })
    expect(unseen.state.conflicts).toMatchObject([{ rule: 'late-cancel', kind: 'data', options: ['keep', 'compensate'] }])
    expect(unseen.state.conflicts[0]?.parties[0]).toContain('bob')
  })

  test('CON-5 ask keeps what was done until somebody decides, and is what happens without a policy', () => {
    for (const late of [undefined, { outcome: 'ask' }]) {
      const { run, before } = shipped(late)
      const judged = put(run, CANCEL, before)
      expect(judged).toMatchObject({ accepted: false, state: { status: 'active', conflicts: [{ choice: 'ask' }] } })
      expect(judged.state.turnedBack).toBeUndefined()
    }
  })

  test('CON-5 keep starts the follow-up that the policy names, once', () => {
    const { run, before } = shipped({ outcome: 'keep', start: { definition: 'return-goods', input: { order: 'input.order' } } })
    const judged = put(run, CANCEL, before)
    expect(judged.state.followUps).toEqual([{ key: `${run.id}.late-cancel`, definition: 'return-goods', input: { order: 7 } }])
    expect(verdictOf(judged)?.explanation).toContain('return-goods was asked for')
    const again = judge(run.definition, run.id, judged.state, proposal(CANCEL, before, { journal: 'tablet.1' }), NOW)
    expect(again?.state.followUps).toHaveLength(1)
    expect(again?.state.conflicts).toHaveLength(2)
  })

  test('CON-5 compensate turns it back, in spite of the point of no return', () => {
    const { run, before } = shipped({ outcome: 'compensate' })
    const judged = put(run, CANCEL, before)
    expect(verdictOf(judged)).toMatchObject({ accepted: true, code: 'late-and-undone' })
    expect(judged.state).toMatchObject({ turnedBack: { outcome: 'cancelled' }, conflicts: [{ choice: 'compensate' }] })
    expect(judged.state.steps[1]?.status).toBe('compensating')
  })

  test('CON-5 what has ended stays ended: nothing is said to be undone that is not', () => {
    const { run, before } = shipped({ outcome: 'compensate', start: { definition: 'return-goods' } })
    run.done('bill')
    expect(run.state.status).toBe('completed')
    const judged = put(run, CANCEL, before)
    expect(verdictOf(judged)).toMatchObject({ accepted: false, code: 'too-late' })
    expect(judged.state).toMatchObject({
      status: 'completed',
      conflicts: [{ choice: 'keep' }],
      followUps: [{ definition: 'return-goods' }],
    })
  })

  test('CON-5 without a point of no return, a cancel of what has ended is refused and no conflict', () => {
    const run = new Run(define({ steps: { a: TASK } }))
    run.done('a')
    const judged = put(run, CANCEL, 0)
    expect([verdictOf(judged)?.code, judged.state.conflicts]).toEqual(['illegal-transition', []])
  })
})

test('I13 the same log and proposal give the same verdict, whoever judges, and also when the log was read again', () => {
  const states: readonly (readonly [Run, WorkflowState])[] = [undefined, { outcome: 'keep' }, { outcome: 'compensate' }].flatMap((late) => {
    const { run } = shipped(late)
    return run.log.map((_, n) => {
      const state = fold(throughCodec(run.log.slice(0, n + 1)))
      if (state === undefined) throw new Error('a log begins with its creation')
      return [run, state] as const
    })
  })
  const content = fc.oneof(
    fc.constantFrom<Json>(CANCEL, { type: 'pause' }, { type: 'resume' }, { type: 'set-priority', priority: 'low' }),
    fc.record({
      type: fc.constant('signal'),
      name: fc.string({ minLength: 1, maxLength: 5 }),
      id: fc.constant('1'),
      payload: fc.constant(1),
    }),
    fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value))),
  )
  fc.assert(
    fc.property(fc.constantFrom(...states), content, fc.nat(12), ([run, state], what, basis) => {
      const [one, two] = [1, 2].map(() => judge(run.definition, run.id, state, proposal(what, basis), NOW))
      expect(canonicalJson(JSON.parse(JSON.stringify(one?.entries ?? [])))).toBe(
        canonicalJson(JSON.parse(JSON.stringify(two?.entries ?? []))),
      )
      expect(one?.state.verdicts).toHaveLength(1)
      expect(one?.entries.at(-1)?.event.type).toBe('verdict')
    }),
  )
})
