import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { workflowIdOf } from '../values/ids.ts'
import { define, Run, TASK } from '../workflow/test-support.ts'
import { type Claimant, claimName, claimsOf, judgeAcross, partiesOf } from './across.ts'
import { compileRule } from './rules/compile.ts'
import { RuleShelf } from './rules/shelf.ts'

const shelf = (resolve: readonly string[], when = "claim.kind == 'key' && claim.name.startsWith('order')"): RuleShelf => {
  const rule = compileRule({ id: 'one-order-one-home', on: 'facilities', when, resolve: [...resolve], queue: 'planning' })
  if (!rule.ok) throw new Error(JSON.stringify(rule.error))
  const rules = new RuleShelf()
  rules.add(rule.value)
  return rules
}
const claimant = (home: string, more: Partial<Claimant> = {}): Claimant => ({
  home,
  workflow: workflowIdOf(home, 'order-7'),
  key: 'order-7',
  definition: 'shipping',
  priority: 'normal',
  since: 1,
  ...more,
})
const KEY = { kind: 'key', name: 'order-7' } as const
const BOTH = [claimant('harbour', { priority: 'high' }), claimant('airport')]

describe('CON-1 what two homes claim', () => {
  test('CON-1 a workflow claims its key, and at work its agents and what its steps need; after its end nothing', () => {
    const definition = define({ steps: { unload: { ...TASK, needs: [{ resource: 'crane' }] } } })
    const run = new Run(definition)
    const names = () => claimsOf(run.id, run.state, definition).map(({ claim }) => claimName(claim))
    expect(names()).toEqual(['key k'])
    run.begin('unload')
    expect(names()).toEqual(['key k', 'agent r1', 'resource crane'])
    expect(claimsOf(run.id, run.state, undefined).map(({ claim }) => claimName(claim))).toEqual(['key k', 'agent r1'])
    run.succeed('unload')
    expect(names()).toEqual([])
  })

  test('CON-1 CON-6 both logs are told the same; what an option does depends on whose log it is', () => {
    const tellings = judgeAcross(shelf(['priority']), KEY, BOTH)
    expect(tellings.map(({ home }) => home)).toEqual(['airport', 'harbour'])
    const [there, here] = tellings
    expect(there?.clash.explanation).toBe(here?.clash.explanation)
    expect(here?.clash).toMatchObject({ kind: 'data', choice: 'harbour:order-7', strategy: 'priority', queue: 'planning' })
    const effects = (telling: typeof here) => telling?.clash.outcomes.map(({ option, effect }) => `${option} ${effect}`)
    expect(effects(here)).toEqual(['airport:order-7 pause', 'harbour:order-7 none', 'both none'])
    expect(effects(there)).toEqual(['airport:order-7 none', 'harbour:order-7 pause', 'both none'])
    expect(partiesOf(here?.clash.inputs)).toMatchObject({ parties: [{ home: 'airport' }, { home: 'harbour' }], about: here?.about })
    expect(partiesOf({ parties: [] })).toBeUndefined()
  })

  test('CON-1 one home alone, or a name that no rule minds, is no conflict; what no strategy settles asks', () => {
    expect(judgeAcross(shelf([]), KEY, [claimant('harbour'), claimant('harbour', { key: 'other' })])).toEqual([])
    expect(judgeAcross(shelf([]), { kind: 'key', name: 'shift' }, BOTH)).toEqual([])
    expect(judgeAcross(shelf([]), KEY, BOTH)).toMatchObject([{ clash: { choice: 'ask' } }, { clash: { choice: 'ask' } }])
    const throwing = judgeAcross(shelf(['priority'], 'claim.colour == 1'), KEY, BOTH)
    expect(throwing[0]?.clash).toMatchObject({ choice: 'ask', explanation: expect.stringContaining('rule-error') })
  })

  test('CON-6 I13 in whatever order they are heard of, the same is told to the letter', () => {
    const homes = fc.uniqueArray(fc.constantFrom('airport', 'harbour', 'depot'), { minLength: 2 })
    const priorities = fc.array(fc.constantFrom('critical' as const, 'normal' as const), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(homes, priorities, fc.shuffledSubarray(['priority', 'rescheduling', 'reallocation']), (names, urgent, order) => {
        const all = names.map((home, n) => claimant(home, { priority: urgent[n] ?? 'low' }))
        expect(judgeAcross(shelf(order), KEY, all.toReversed())).toEqual(judgeAcross(shelf(order), KEY, all))
      }),
    )
  })
})
