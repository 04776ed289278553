import { describe, expect, test } from 'vitest'
import { parseDefinition } from '../definition/parse.ts'
import { workflowIdOf } from '../values/ids.ts'
import { decide } from './decide.ts'
import { PLAIN_NODE, type Transition } from './node-context.ts'
import { define, FUNCTION, HOME, Run, TASK } from './test-support.ts'

const GUARDED = define({
  steps: { pick: TASK, ship: FUNCTION },
  links: [{ from: 'pick', to: 'ship' }],
  guards: [
    { on: 'create', require: 'input.weight < 50', reason: 'Nothing over 50 kg.' },
    { on: 'cancel', require: 'by != "night-shift"', reason: 'The night shift does not cancel.' },
    { on: 'pause', require: 'steps.pick.status == "succeeded"', reason: 'Not before it is picked.' },
    { on: 'terminate', require: 'input.nothing.there', reason: 'Never.' },
  ],
})

const creation = (weight: number) =>
  ({ type: 'create', home: HOME, key: 'k', definition: GUARDED.hash, title: 't', priority: 'normal', input: { weight } }) as const
const context = { now: { wall: 1, monotonic: 0 }, by: 'ann' }

describe('SM-4 who may object', () => {
  test('SM-4 W98 a guard that does not hold refuses the decision with its reason, and nothing has changed', () => {
    const id = workflowIdOf(HOME, 'k')
    expect(decide(GUARDED, id, undefined, creation(60), context)).toMatchObject({
      ok: false,
      error: { code: 'guarded', message: 'Nothing over 50 kg.' },
    })
    const run = new Run(GUARDED, { weight: 3 })
    const before = run.state
    for (const [decision, by, why] of [
      [{ type: 'cancel', reason: 'x' }, 'night-shift', 'The night shift does not cancel.'],
      [{ type: 'pause' }, 'ann', 'Not before it is picked.'],
    ] as const) {
      expect(run.try(decision, by)).toMatchObject({ ok: false, error: { code: 'guarded', message: why } })
    }
    expect(run.state).toBe(before)
    run.done('pick')
    run.put({ type: 'pause' })
    expect(run.state.status).toBe('paused')
    run.put({ type: 'cancel', reason: 'x' })
  })

  test('SM-4 W98 a guard that can not be evaluated does not hold, and says why', () => {
    const run = new Run(GUARDED, { weight: 3 })
    const tried = run.try({ type: 'terminate', reason: 'x' })
    expect(tried).toMatchObject({ ok: false, error: { code: 'guarded', message: expect.stringContaining('input.nothing.there') } })
  })

  test('SM-4 W98 a hook hears what is about to happen, and its veto refuses it with the reason', () => {
    const run = new Run(define({ steps: { pick: TASK } }))
    const heard: Transition[] = []
    run.node = {
      veto: (transition) => {
        heard.push(transition)
        return transition.decision === 'pause' ? 'Not today.' : undefined
      },
    }
    expect(run.try({ type: 'pause' })).toMatchObject({ ok: false, error: { code: 'vetoed', message: 'Not today.' } })
    run.cancel()
    expect(heard.map(({ decision, from, by, workflow }) => [decision, from, by, workflow])).toEqual([
      ['pause', 'active', 'ann', run.id],
      ['cancel', 'active', 'ann', run.id],
    ])
    // What the table refuses is not asked about.
    expect(run.try({ type: 'resume' }).ok).toBe(false)
    expect(heard).toHaveLength(2)
  })

  test('SM-4 facts and the engine’s own acts are nobody’s to veto', () => {
    const run = new Run(define({ steps: { pick: TASK } }))
    run.node = { veto: () => 'never', definitionOf: PLAIN_NODE.definitionOf }
    run.done('pick')
    expect(run.state.status).toBe('completed')
  })

  test('SM-4 DEF-2 a guard on no decision, or with an expression that is none, is an error at its path', () => {
    const guards = [
      { on: 'dance', require: 'true', reason: 'x' },
      { on: 'pause', require: '1 +', reason: 'x' },
    ]
    const parsed = parseDefinition(JSON.stringify({ name: 'bad', steps: { pick: TASK }, guards }), { format: 'json' })
    expect(parsed.ok ? [] : parsed.error.map(({ path }) => path)).toEqual(['guards.0.on', 'guards.1.require'])
  })
})
