import { describe, expect, test } from 'vitest'
import { define, Run, TASK } from './test-support.ts'

const ROUTE = define({
  steps: {
    weigh: TASK,
    route: {
      type: 'choice',
      cases: [
        { when: 'steps.weigh.output.kg > 100', to: 'crane' },
        { when: 'steps.weigh.output.kg > 10', to: 'forklift' },
      ],
      otherwise: 'hand',
    },
    crane: TASK,
    forklift: TASK,
    hand: TASK,
    store: TASK,
  },
  links: [{ from: 'weigh', to: 'route' }, ...['crane', 'forklift', 'hand'].map((from) => ({ from, to: 'store' }))],
})

const ways = (output: object): readonly string[] => {
  const run = new Run(ROUTE)
  run.done('weigh', JSON.parse(JSON.stringify(output)))
  return ['crane', 'forklift', 'hand'].filter((step) => run.status(step) === 'ready')
}

describe('choices', () => {
  test('DEF-9 W60 the first case that holds is the way on, although a later one holds too', () => {
    expect(ways({ kg: 200 })).toEqual(['crane'])
    expect(ways({ kg: 50 })).toEqual(['forklift'])
    expect(ways({ kg: 1 })).toEqual(['hand'])
  })

  test('DEF-9 W60 the other ways are dead, and what lies behind all of them goes on', () => {
    const run = new Run(ROUTE)
    run.done('weigh', { kg: 50 })
    run.done('forklift')
    expect([run.status('crane'), run.status('hand'), run.status('store')]).toEqual(['skipped', 'skipped', 'ready'])
    run.done('store')
    expect(run.state.status).toBe('completed')
  })

  test('DEF-9 W60 that no case holds is a failure, and so is one that can not be evaluated', () => {
    const narrow = (when: string, extra: object = {}) =>
      new Run(define({ steps: { route: { type: 'choice', cases: [{ when, to: 'crane' }], ...extra }, crane: TASK, ask: TASK } }))
    const missed = narrow('false')
    expect(missed.state.turnedBack?.error.code).toBe('no-case-holds')
    expect(narrow('input.missing > 1').state.turnedBack?.error.code).toBe('expression-error')
    const caught = narrow('false', { fallback: 'ask' })
    expect([caught.status('route'), caught.status('ask'), caught.status('crane')]).toEqual(['failed', 'ready', 'skipped'])
  })

  test('DEF-9 W60 a paused workflow chooses when it goes on', () => {
    const run = new Run(ROUTE)
    const name = run.begin('weigh')
    run.put({ type: 'pause' })
    run.succeed('weigh', { kg: 1 }, name)
    expect(run.status('route')).toBe('ready')
    run.put({ type: 'resume' })
    expect(run.status('hand')).toBe('ready')
  })

  test('RES-4 W61 a fallback is begun by a failure for good, and by nothing else', () => {
    const definition = define({
      steps: { pay: { ...TASK, fallback: 'invoice' }, invoice: TASK, ship: TASK },
      links: [
        { from: 'pay', to: 'ship' },
        { from: 'invoice', to: 'ship' },
      ],
    })
    const paid = new Run(definition)
    paid.done('pay')
    expect([paid.status('invoice'), paid.status('ship')]).toEqual(['skipped', 'ready'])
    const refused = new Run(definition)
    refused.begin('pay')
    refused.fail('pay')
    expect([refused.status('invoice'), refused.status('ship'), refused.state.turnedBack]).toEqual(['ready', 'pending', undefined])
    refused.done('invoice')
    refused.done('ship')
    expect(refused.state.status).toBe('completed')
  })
})
