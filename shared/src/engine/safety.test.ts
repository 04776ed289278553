import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileRule, parseRule } from '../conflict/rules/compile.ts'
import { RuleShelf } from '../conflict/rules/shelf.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import type { Json } from '../values/json.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TASK, TestNode } from './test-support.ts'

const shipped = (name: string): Json => {
  const rule = parseRule(readFileSync(new URL(`../../rules/${name}.yaml`, import.meta.url), 'utf8'))
  if (!rule.ok) throw new Error(JSON.stringify(rule.error))
  return JSON.parse(JSON.stringify(rule.value.rule))
}

const put = (shelf: RuleShelf, authored: Json): void => {
  const compiled = compileRule(authored)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  shelf.add(compiled.value)
}

const ZONES = shipped('two-robots-one-zone')
const zoned = (more: object): Json => ({ ...(ZONES as object), ...more })
const definition = define({ steps: { weld: { ...TASK, input: { zone: 'input.zone' } } } })

const open = async (...rules: readonly Json[]) => {
  const shelf = new RuleShelf()
  for (const rule of rules) put(shelf, rule)
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
  const node = await TestNode.open({ store, definitions: [definition], domainRules: shelf })
  return { node, shelf, conflict: async (workflow: string) => (await node.state(workflow)).conflicts[0] }
}
const task = (workflow: string, attempt = 1) => `${workflow}.0.${attempt}`

describe('CON-1 safety, before a step begins', () => {
  test('CON-1 CON-2 two robots do not work in one zone: the second waits, says why, and begins when the first has left', async () => {
    const { node, conflict } = await open(ZONES)
    const [one, two] = [await node.agent('r1'), await node.agent('r2')]
    const first = await node.start(definition, { zone: 7 }, 'a')
    const second = await node.start(definition, { zone: 7 }, 'b')
    const third = await node.start(definition, { zone: 8 }, 'c')
    expect([one.offers, two.offers]).toEqual([[task(first)], [task(third)]])
    expect(await conflict(second)).toMatchObject({
      kind: 'safety',
      rule: 'two-robots-one-zone',
      severity: 'critical',
      choice: 'wait',
      strategy: 'rescheduling',
      parties: ['r2 at weld of b, about to begin', 'r1 at weld of a'],
      inputs: { agent: { id: 'r2' }, step: { input: { zone: 7 } }, working: [{ agent: 'r1' }] },
      step: 0,
    })
    expect((await node.engine.summary(second))?.explain).toContain('weld waits for rule two-robots-one-zone')
    await two.succeed(task(third))
    expect(two.offers).toEqual([task(third)])
    await one.succeed(task(first))
    expect([...one.offers, ...two.offers]).toContain(task(second))
    expect((await node.state(second)).conflicts).toHaveLength(1)
  })

  test('CON-1 two that become ready in one turn are seen by each other', async () => {
    const { node } = await open(ZONES)
    const [first, second] = [await node.start(definition, { zone: 7 }, 'a'), await node.start(definition, { zone: 7 }, 'b')]
    const offers = (await Promise.all([node.agent('r1'), node.agent('r2')])).flatMap((agent) => agent.offers)
    expect(offers).toHaveLength(1)
    expect([task(first), task(second)]).toContain(offers[0])
  })

  test('CON-2 reallocation: another who may is asked in place of the one who may not', async () => {
    const badge = { id: 'badge', on: 'begin', when: 'agent != null && agent.id == "r1"', resolve: ['reallocation'] }
    const { node, conflict } = await open(badge)
    await node.agent('r1')
    const other = await node.agent('r2')
    const workflow = await node.start(definition, { zone: 7 })
    expect(other.offers).toEqual([task(workflow)])
    expect(await conflict(workflow)).toMatchObject({ choice: 'other-agent', strategy: 'reallocation' })
    expect((await conflict(workflow))?.explanation).toContain('takes r2 in place of')
  })

  test('CON-2 what nothing settles waits for a person, who may let it begin all the same', async () => {
    const { node, conflict } = await open(zoned({ resolve: ['priority', 'negotiation'], role: 'planner' }))
    await node.agent('r1')
    const two = await node.agent('r2')
    await node.start(definition, { zone: 7 }, 'a')
    const second = await node.start(definition, { zone: 7 }, 'b')
    const found = await conflict(second)
    expect(found).toMatchObject({
      choice: 'ask',
      queue: 'safety',
      role: 'planner',
      tried: [/^priority: /, /^negotiation: /].map((each) => expect.stringMatching(each)),
    })
    expect(await node.engine.register.conflicts(undefined, true, 10)).toMatchObject([{ row: { workflow: second, open: true } }])
    const choice = {
      type: 'resolve',
      conflict: found?.id ?? '',
      option: 'proceed',
      comment: 'they see each other',
      roles: ['planner'],
    } as const
    expect((await node.will(second, { ...choice, roles: [] })).ok).toBe(false)
    expect((await node.will(second, choice)).ok).toBe(true)
    expect(two.offers).toEqual([task(second)])
    expect(await node.engine.register.conflicts(undefined, true, 10)).toEqual([])
  })

  test('CON-2 a question that has answered itself is closed, and the step begins', async () => {
    const { node, conflict } = await open(zoned({ resolve: [] }))
    const [one, two] = [await node.agent('r1'), await node.agent('r2')]
    const first = await node.start(definition, { zone: 7 }, 'a')
    const second = await node.start(definition, { zone: 7 }, 'b')
    await one.succeed(task(first))
    expect([...one.offers, ...two.offers]).toContain(task(second))
    expect(await conflict(second)).toMatchObject({ choice: 'ask', settled: { option: 'wait', by: 'rules' } })
  })

  test('CON-2 what was asked about a step that is needed no more is asked no more', async () => {
    const { node, conflict } = await open(zoned({ resolve: [] }))
    await node.agent('r1')
    await node.agent('r2')
    await node.start(definition, { zone: 7 }, 'a')
    const second = await node.start(definition, { zone: 7 }, 'b')
    await node.will(second, { type: 'cancel', reason: 'not needed' })
    expect(await conflict(second)).toMatchObject({ choice: 'ask', settled: { option: 'over', by: 'rules' } })
    expect(await node.engine.register.conflicts(undefined, true, 10)).toEqual([])
  })

  test('CON-2 failing it lets the workflow go its way back', async () => {
    const { node, conflict } = await open(zoned({ resolve: [] }))
    await node.agent('r1')
    await node.agent('r2')
    await node.start(definition, { zone: 7 }, 'a')
    const second = await node.start(definition, { zone: 7 }, 'b')
    const id = (await conflict(second))?.id ?? ''
    await node.will(second, { type: 'resolve', conflict: id, option: 'fail', comment: '', roles: [] })
    expect((await node.state(second)).status).toBe('failed')
  })

  test('CON-3 B28 a rule that throws holds the step and asks a person; put right while the node runs, it lets it begin', async () => {
    const { node, shelf, conflict } = await open({ id: 'zones', on: 'begin', when: 'step.input.nothing.here', resolve: ['rescheduling'] })
    const agent = await node.agent('r1')
    const workflow = await node.start(definition, { zone: 7 })
    expect(agent.offers).toEqual([])
    expect(await conflict(workflow)).toMatchObject({ choice: 'ask', rule: 'zones', version: 1 })
    expect((await conflict(workflow))?.explanation).toContain('rule-error')
    put(shelf, { id: 'zones', version: 2, on: 'begin', when: 'has(step.input.nothing)' })
    await node.submit({ kind: 'dispatch' })
    expect(agent.offers).toEqual([task(workflow)])
  })

  test('CON-3 a rule that goes by the time is asked again though nothing happened', async () => {
    const { node } = await open({ id: 'late', on: 'begin', when: 'now < 1005000', resolve: ['rescheduling'] })
    const agent = await node.agent('r1')
    const workflow = await node.start(definition, { zone: 7 })
    expect(agent.offers).toEqual([])
    await node.clock.advance(7_000)
    expect(agent.offers).toEqual([task(workflow)])
  })

  test('CON-6 another life finds the same conflict on record, and does not find it twice', async () => {
    const { node, conflict } = await open(ZONES)
    const one = await node.agent('r1')
    const first = await node.start(definition, { zone: 7 }, 'a')
    await one.accept(task(first))
    await node.agent('r2')
    const second = await node.start(definition, { zone: 7 }, 'b')
    const found = await conflict(second)
    const later = await node.restart()
    const back = await later.agent('r1', { holding: [task(first)] })
    await later.agent('r2')
    await later.submit({ kind: 'dispatch' })
    expect((await later.state(second)).conflicts).toEqual([found])
    await back.succeed(task(first))
    expect((await later.state(second)).steps[0]?.status).toBe('offered')
  })
})
