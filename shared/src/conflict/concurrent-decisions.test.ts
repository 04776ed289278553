import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, type Json } from '../values/json.ts'
import type { Decision } from '../workflow/command.ts'
import { PLAIN_NODE } from '../workflow/node-context.ts'
import { define, FUNCTION, Run, TASK } from '../workflow/test-support.ts'
import { type Judged, judge } from './judge.ts'
import { compileRule } from './rules/compile.ts'
import { RuleShelf } from './rules/shelf.ts'

const DEFINITION = define({
  steps: {
    check: { type: 'approval', queue: 'leads' },
    a: { ...TASK, compensate: 'undo' },
  },
  compensations: { undo: FUNCTION },
  lifecycle: {
    initial: 'new',
    states: { new: {}, urgent: {}, parked: {}, closed: { final: true } },
    transitions: [
      { from: 'new', to: 'urgent', on: 'decision' },
      { from: 'new', to: 'parked', on: 'decision' },
      { from: 'new', to: 'closed', on: 'decision' },
      { from: 'urgent', to: 'parked', on: 'decision' },
      { from: 'parked', to: 'closed', on: 'decision' },
    ],
  },
})
const NOW = { wall: 9_000, monotonic: 0 }

const shelfOf = (...authored: readonly object[]): RuleShelf => {
  const shelf = new RuleShelf()
  for (const each of authored) {
    const compiled = compileRule(JSON.parse(JSON.stringify(each)))
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
    shelf.add(compiled.value)
  }
  return shelf
}

/** Ann decides at the gateway; bob, who has seen nothing of it, decides elsewhere. */
const meet = (here: Decision, there: Json, rules?: RuleShelf, by = 'bob'): Judged => {
  const run = new Run(DEFINITION)
  const basisLength = run.log.length
  run.put(here)
  const missed = () => run.log.slice(basisLength)
  const proposal = { journal: 'cloud.1', n: 1, by, reason: 'because', basisLength, content: there, missed }
  const judged = judge(DEFINITION, run.id, run.state, proposal, NOW, PLAIN_NODE, rules)
  if (judged === undefined) throw new Error('not judged')
  return judged
}
const codeOf = ({ state }: Judged) => state.verdicts.at(-1)?.code

const HIGH = { type: 'set-priority', priority: 'high' } as const
const LOW = { type: 'set-priority', priority: 'low' } as const
const CANCEL = { type: 'cancel', reason: 'not needed' } as const

describe('CON-1 decisions that did not know of each other', () => {
  test('CON-1 CON-4 I13 of two writes of one thing the later admitted counts, and both are on record', () => {
    const judged = meet(HIGH, LOW)
    expect(codeOf(judged)).toBe('accepted')
    expect(judged.entries.map(({ event }) => event.type)).toEqual(['conflict', 'priority-set', 'verdict'])
    expect(judged.state).toMatchObject({
      priority: 'low',
      conflicts: [
        {
          kind: 'data',
          rule: 'concurrent-decisions',
          version: 1,
          choice: 'take',
          inputs: { proposed: LOW, by: 'bob', standing: { by: 'ann', position: expect.any(Number), event: { priority: 'high' } } },
        },
      ],
    })
  })

  test('CON-1 I13 what can not be carried out because of what stands is kept on record, and can still be taken by a person', () => {
    const judged = meet(CANCEL, { type: 'pause' })
    expect(codeOf(judged)).toBe('conflict')
    expect(judged.state).toMatchObject({ turnedBack: { outcome: 'cancelled' }, conflicts: [{ choice: 'keep', strategy: 'keep' }] })
    expect(judged.state.conflicts[0]?.explanation).toContain('pause by bob met turned-back by ann')
  })

  test('CON-1 DEF-8 of two moves to different stages the later counts where a way leads there, else the first stands; both are on record', () => {
    const to = (stage: string) => ({ type: 'enter-stage', stage }) as const
    const later = meet(to('urgent'), to('parked'))
    expect([codeOf(later), later.state.stage]).toEqual(['accepted', 'parked'])
    expect(later.state.conflicts).toMatchObject([
      { choice: 'take', inputs: { proposed: to('parked'), standing: { event: { stage: 'urgent' } } } },
    ])
    const stands = meet({ ...to('closed'), reason: 'all done' }, to('urgent'))
    expect([codeOf(stands), stands.state.stage]).toEqual(['conflict', 'closed'])
    expect(stands.state.conflicts).toMatchObject([{ choice: 'keep', inputs: { standing: { event: { stage: 'closed' } } } }])
    expect(meet(to('urgent'), to('urgent')).state.conflicts).toEqual([])
  })

  test('CON-1 an answer that comes second is on record with the one that counted', () => {
    const first = { type: 'approve', step: 'check', approved: true, comment: '', roles: [] } as const
    const judged = meet(first, { ...first, approved: false })
    expect(judged.state.conflicts).toMatchObject([{ choice: 'keep', inputs: { proposed: { approved: false } } }])
  })

  test('CON-1 who wants the same, has seen it, or decides about something else meets nobody', () => {
    expect(meet({ type: 'pause' }, { type: 'pause' }).state.conflicts).toEqual([])
    expect(meet(CANCEL, CANCEL).state.conflicts).toEqual([])
    expect(meet(HIGH, { type: 'pause' }).state.conflicts).toEqual([])
    expect(meet(HIGH, HIGH).state.conflicts).toEqual([])
    expect(meet(HIGH, LOW, undefined, 'ann').state.conflicts).toEqual([])
  })
})

describe('CON-3 a domain rule decides between them', () => {
  const rule = (resolve: readonly string[], when = "proposed.type == 'set-priority'") =>
    shelfOf({ id: 'priorities', version: 4, on: 'decision', when, severity: 'critical', resolve, queue: 'leads', role: 'planner' })

  test('CON-3 by keeping, by taking, or by which is more urgent', () => {
    expect(meet(HIGH, LOW, rule(['keep'])).state).toMatchObject({ priority: 'high', conflicts: [{ rule: 'priorities', version: 4 }] })
    expect(meet(HIGH, LOW, rule(['priority'])).state.priority).toBe('high')
    expect(meet(LOW, HIGH, rule(['priority'])).state.priority).toBe('high')
    expect(meet(HIGH, LOW, rule(['take'])).state.priority).toBe('low')
    expect(meet(HIGH, LOW, rule(['keep'], "workflow.key == 'other'")).state.conflicts).toMatchObject([{ rule: 'concurrent-decisions' }])
  })

  test('CON-2 CON-3 what it leaves to a person waits in the queue that it names, and nothing is taken meanwhile', () => {
    const judged = meet(HIGH, LOW, rule([]))
    expect(codeOf(judged)).toBe('conflict-open')
    expect(judged.state).toMatchObject({ priority: 'high', conflicts: [{ choice: 'ask', queue: 'leads', role: 'planner' }] })
  })

  test('CON-3 B28 a rule that throws, or does too much work, settles nothing: a person is asked, and told why', () => {
    const list = JSON.stringify(Array.from({ length: 90 }, (_, n) => n))
    const busy = `${list}.all(a, ${list}.all(b, a + b >= 0)) && ${list}.all(a, ${list}.all(b, a + b >= 0))`
    for (const when of ['proposed.nothing.here == 1', 'proposed.type', `(${busy})`]) {
      const compiled = compileRule({ id: 'r', on: 'decision', when, resolve: ['take'] })
      if (!compiled.ok) continue
      const judged = meet(HIGH, LOW, rule(['take'], when))
      expect(judged.state).toMatchObject({ priority: 'high', conflicts: [{ choice: 'ask', rule: 'priorities' }] })
      expect(judged.state.conflicts[0]?.explanation).toContain('rule-error')
    }
  })
})

test('CON-6 I13 the same log, proposal and rules give the same verdict to the letter', () => {
  const decisions = fc.constantFrom<Decision & Json>(HIGH, LOW, CANCEL, { type: 'pause' }, { type: 'checkpoint', name: 'x' })
  fc.assert(
    fc.property(decisions, decisions, fc.constantFrom('keep', 'take', 'priority'), (here, there, strategy) => {
      const rules = () => shelfOf({ id: 'r', on: 'decision', when: 'true', resolve: [strategy] })
      const [one, two] = [meet(here, there, rules()), meet(here, there, rules())].map(({ entries }) => JSON.parse(JSON.stringify(entries)))
      expect(canonicalJson(one)).toBe(canonicalJson(two))
    }),
  )
})
