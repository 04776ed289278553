import { describe, expect, test } from 'vitest'
import { compileRule } from '../conflict/rules/compile.ts'
import { RuleShelf } from '../conflict/rules/shelf.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import type { Json } from '../values/json.ts'
import { Workshop } from './admission-test-support.ts'
import { NO_LIMITS } from './limits.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TASK, TestNode } from './test-support.ts'

const CALL = { type: 'function', function: 'f', timeoutMs: 60_000, retry: 'standard' } as const
const docking = define({ name: 'docking', steps: { unload: { ...CALL, needs: [{ resource: 'dock' }] } } })
const newStore = () => new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))

const shelf = (...rules: readonly Json[]): RuleShelf => {
  const all = new RuleShelf()
  for (const authored of rules) {
    const compiled = compileRule(authored)
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
    all.add(compiled.value)
  }
  return all
}

const LIMITS = { ...NO_LIMITS, resources: { dock: 2 } }

describe('CON-1 more is held than there is', () => {
  const lowered = async (domainRules: RuleShelf) => {
    const shop = await Workshop.open(newStore(), [docking], LIMITS)
    const [first, second] = [await shop.start(docking, 'a', { priority: 'high' }), await shop.start(docking, 'b')]
    const node = await shop.node.restart({ limits: { ...LIMITS, resources: { dock: 1 } }, domainRules })
    await node.submit({ kind: 'dispatch' })
    return { node, first, second }
  }

  test('CON-1 CON-2 nothing is taken away by itself: the log of the least urgent asks, once', async () => {
    const { node, first, second } = await lowered(shelf())
    await node.submit({ kind: 'dispatch' })
    expect((await node.state(first)).conflicts).toEqual([])
    const { conflicts } = await node.state(second)
    expect(conflicts).toMatchObject([
      {
        kind: 'resource',
        rule: 'double-booked',
        choice: 'ask',
        parties: ['unload of a', 'unload of b'],
        inputs: { resource: { name: 'dock', capacity: 1, held: 2 } },
      },
    ])
    const choice = { type: 'resolve', conflict: conflicts[0]?.id ?? '', option: 'give-back', comment: '', roles: [] } as const
    expect((await node.will(second, choice)).ok).toBe(true)
    await node.clock.advance(0)
    expect((await node.state(second)).steps[0]?.status).toBe('waiting_for_resource')
    expect(node.engine.admission.ledger.holders('dock').map(({ name }) => name)).toEqual(['a/unload'])
  })

  test('CON-2 CON-3 a rule may take it from the less urgent, who waits for its turn', async () => {
    const { node, first, second } = await lowered(
      shelf({ id: 'docks', on: 'resource', when: "resource.name == 'dock'", resolve: ['priority'] }),
    )
    expect((await node.state(second)).conflicts).toMatchObject([{ rule: 'docks', choice: 'give-back', strategy: 'priority' }])
    expect((await node.state(second)).steps[0]?.status).toBe('waiting_for_resource')
    expect((await node.state(first)).steps[0]?.status).toBe('running')
  })

  test('CON-1 an agent that came back able to do less holds more than it can', async () => {
    const moving = define({ name: 'moving', steps: { a: TASK } })
    const node = await TestNode.open({ store: newStore(), definitions: [moving] })
    const agent = await node.agent('r1', { capacity: 2 })
    const ids = [await node.start(moving, {}, '1'), await node.start(moving, {}, '2')]
    for (const id of ids) await agent.accept(`${id}.0.1`)
    agent.profile = { ...agent.profile, capacity: 1 }
    await agent.reconnect(ids.map((id) => `${id}.0.1`))
    const found = (await Promise.all(ids.map((id) => node.state(id)))).flatMap(({ conflicts }) => conflicts)
    expect(found).toMatchObject([{ rule: 'double-booked', inputs: { resource: { name: 'agent r1', capacity: 1, held: 2 } } }])
  })
})

describe('CON-1 promised ends that can not be met', () => {
  const promised = (breachMs: number) =>
    define({
      name: 'promised',
      sla: { breachMs },
      steps: { a: { ...CALL, takesMs: 4_000 }, b: { ...CALL, takesMs: 4_000 } },
      links: [{ from: 'a', to: 'b' }],
    })
  const started = async (breachMs: number, domainRules = shelf()) => {
    const definition = promised(breachMs)
    const shop = await Workshop.open(newStore(), [definition])
    const node = await shop.node.restart({ domainRules })
    const workflow = await node.start(definition)
    return { node, workflow }
  }

  test('CON-1 CON-2 it is told as soon as it can be known, and a person may make it critical', async () => {
    expect((await (async ({ node, workflow }) => node.state(workflow))(await started(9_000))).conflicts).toEqual([])
    const { node, workflow } = await started(7_000)
    const [found] = (await node.state(workflow)).conflicts
    expect(found).toMatchObject({ kind: 'temporal', rule: 'deadline-impossible', choice: 'ask', inputs: { byMs: 1_000 } })
    await node.will(workflow, { type: 'resolve', conflict: found?.id ?? '', option: 'raise', comment: '', roles: [] })
    expect((await node.state(workflow)).priority).toBe('critical')
    expect((await node.state(workflow)).conflicts).toHaveLength(1)
  })

  test('CON-3 a rule makes it critical by itself, or lets it be late', async () => {
    const rule = (resolve: readonly string[]) => shelf({ id: 'late', on: 'deadline', when: 'late.byMs > 500', resolve: [...resolve] })
    const raised = await started(7_000, rule(['priority']))
    expect(await raised.node.state(raised.workflow)).toMatchObject({ priority: 'critical', conflicts: [{ rule: 'late', choice: 'raise' }] })
    const kept = await started(7_000, rule(['keep']))
    expect(await kept.node.state(kept.workflow)).toMatchObject({ priority: 'normal', conflicts: [{ choice: 'keep' }] })
  })

  test('CON-1 windows overlap: a step must begin before what it needs is given back', async () => {
    const slow = define({ name: 'slow', steps: { unload: { ...CALL, needs: [{ resource: 'dock' }], takesMs: 10_000 } } })
    const hasty = define({
      name: 'hasty',
      steps: { unload: { ...CALL, needs: [{ resource: 'dock' }], takesMs: 1_000, sla: { breachMs: 5_000 } } },
    })
    const shop = await Workshop.open(newStore(), [slow, hasty], { ...LIMITS, resources: { dock: 1 } })
    await shop.start(slow, 'a')
    const second = await shop.start(hasty, 'b')
    expect((await shop.node.state(second)).conflicts).toMatchObject([
      { kind: 'temporal', rule: 'windows-overlap', choice: 'ask', step: 0, inputs: { resource: 'dock', byMs: 6_000 } },
    ])
  })
})
