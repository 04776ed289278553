/** Gateway and coordinator decide while they can't hear each other; then they meet, and both tell the same of what collided. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConflictCase } from '@holdfast/shared/http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { conflictsAt, settle } from '../support/conflicts.ts'
import { newFolder } from '../support/folder.ts'
import { ended, openLoneGateway, openSite, type Site, sameLogs } from '../support/site.ts'
import { until } from '../support/until.ts'

const SHIPPING = `
name: shipping
steps:
  order: { type: wait, on: { kind: signal, signal: go } }
  ship: { type: task, capability: work, compensate: fetch-back }
  bill: { type: wait, on: { kind: signal, signal: paid } }
links:
  - { from: order, to: ship }
  - { from: ship, to: bill }
compensations:
  fetch-back: { type: task, capability: work }
cancel: { pointOfNoReturn: ship, late: { outcome: ask } }
`

const WELDING = `
name: welding
steps:
  weld: { type: task, capability: weld, input: { zone: input.zone } }
`

let site: Site
beforeAll(async () => {
  site = await openSite(['harbour'], { 'shipping.yaml': SHIPPING, 'welding.yaml': WELDING })
  await site.member('harbour').gateway.hire('robot-1', { work: () => 'done' }, { capacity: 8 })
})
afterEach(() => site.member('harbour').proxy.set('open'))
afterAll(() => site.stop())

const gateway = () => site.member('harbour').gateway.api

const apart = async (): Promise<void> => {
  site.member('harbour').proxy.set('cut')
  await until('the cut to be seen', async () => (await site.cloud.facilities())[0]?.connected === false)
}
const together = async (): Promise<void> => {
  site.member('harbour').proxy.set('open')
  await sameLogs(site, 'harbour')
}

/** Known at both ends, waiting for what comes first. */
const begun = async (key: string): Promise<string> => {
  const id = await gateway().start({ facility: 'harbour', definition: 'shipping', key, input: {} })
  await until('the cloud to hear of it', async () => (await site.cloud.ask('GET', `/workflows/${id}`)).status === 200)
  return id
}

/** What both ends say of the workflow's conflicts, which is the same. */
const told = async (workflow: string): Promise<readonly ConflictCase[]> => {
  const [here, there] = await Promise.all([gateway(), site.cloud].map((api) => conflictsAt(api, `state=all&workflow=${workflow}`)))
  expect(there).toEqual(here)
  return here ?? []
}

const stepOf = async (id: string, step: string): Promise<string | undefined> =>
  (await gateway().get(id)).steps.find((each) => each.id === step)?.status

/** Shipped at the gateway, while the cloud, which could not know, cancelled it. */
const cancelledTooLate = async (key: string): Promise<string> => {
  const id = await begun(key)
  await apart()
  await gateway().ask('POST', `/workflows/${id}/signal`, { name: 'go', id: '1' })
  await until('it to be shipped', async () => (await stepOf(id, 'ship')) === 'succeeded')
  const cancelled = await site.cloud.ask('DELETE', `/workflows/${id}`, { reason: 'customer called' })
  expect(cancelled.status).toBe(202)
  await together()
  return id
}

describe('a late cancel', () => {
  test('CON-2 CON-5 CON-6 what was done is kept, both ends tell the same, and a person in the cloud decides', async () => {
    const id = await cancelledTooLate('late')
    const [found, ...others] = await told(id)
    expect(others).toEqual([])
    expect(found).toMatchObject({
      open: true,
      workflow: id,
      conflict: {
        kind: 'data',
        rule: 'late-cancel',
        version: 1,
        choice: 'ask',
        queue: 'conflicts',
        inputs: { by: 'operator', step: 'ship', proposed: { type: 'cancel', reason: 'customer called' } },
      },
    })
    expect(found?.conflict.outcomes?.map(({ consequence }) => consequence)).toEqual([
      'What was done is kept, and the workflow goes on.',
      'What was done is undone, and the workflow ends cancelled.',
    ])
    expect(await stepOf(id, 'ship')).toBe('succeeded')

    const wrong = await settle(site.cloud, found?.id ?? '', 'sink-it')
    const chosen = await settle(site.cloud, found?.id ?? '', 'compensate', 'fetch it back')
    expect([wrong.status, chosen.status]).toEqual([202, 202])
    await until('it to be undone', async () => (await gateway().get(id)).status === 'cancelled')
    await sameLogs(site, 'harbour')
    expect(await told(id)).toMatchObject([
      { open: false, conflict: { settled: { option: 'compensate', by: 'operator', comment: 'fetch it back' } } },
    ])
    expect(await stepOf(id, 'ship')).toBe('compensated')
    expect((await settle(gateway(), found?.id ?? '', 'keep')).status).toBe(409)
  })
})

describe('decisions made apart', () => {
  test('CON-1 CON-4 CON-6 I13 two priorities: one counts everywhere, and both ends tell of both', async () => {
    const id = await begun('priorities')
    const headers = { 'If-Match': '*' }
    await apart()
    const there = await site.cloud.ask('PUT', `/workflows/${id}`, { priority: 'low' }, headers)
    const here = await gateway().ask('PUT', `/workflows/${id}`, { priority: 'high' }, headers)
    expect([there.status, here.status]).toEqual([202, 200])
    await together()
    expect(await told(id)).toMatchObject([
      {
        open: false,
        conflict: {
          rule: 'concurrent-decisions',
          choice: 'take',
          inputs: { proposed: { priority: 'low' }, standing: { event: { type: 'priority-set', priority: 'high' } } },
        },
      },
    ])
    expect([(await gateway().get(id)).priority, (await site.cloud.get(id)).priority]).toEqual(['low', 'low'])
  })

  test('CON-2 CON-3 a rule published meanwhile leaves it to a person of its queue; what the person takes is done', async () => {
    const rule = {
      id: 'cancel-or-go-on',
      on: 'decision',
      when: "proposed.type in ['resume', 'pause']",
      queue: 'leads',
      role: 'planner',
      cases: [
        { name: 'a pause meets a cancel', given: { proposed: { type: 'pause' } }, expect: 'conflict' },
        { name: 'a priority is no matter of its', given: { proposed: { type: 'set-priority' } }, expect: 'nothing' },
      ],
    }
    const failing = { ...rule, when: 'false' }
    expect((await gateway().ask('POST', '/rules', { rule: failing })).status).toBe(422)
    const id = await begun('pause-or-resume')
    await gateway().ask('POST', `/workflows/${id}/pause`)
    await sameLogs(site, 'harbour')
    await apart()
    expect((await gateway().ask('POST', '/rules', { rule })).status).toBe(201)
    expect((await gateway().ask('POST', '/rules', { rule })).status).toBe(200)
    expect((await gateway().ask('POST', '/rules', { rule: { ...rule, severity: 'critical' } })).status).toBe(409)
    await gateway().ask('DELETE', `/workflows/${id}`, { reason: 'not needed' })
    expect((await site.cloud.ask('POST', `/workflows/${id}/resume`)).status).toBe(202)
    await together()
    const [found] = await told(id)
    expect(found).toMatchObject({ open: true, conflict: { rule: 'cancel-or-go-on', version: 1, queue: 'leads', choice: 'ask' } })
    expect(await conflictsAt(site.cloud, 'state=open&rule=cancel-or-go-on')).toHaveLength(1)
    expect((await settle(site.cloud, found?.id ?? '', 'keep', 'it is not needed')).status).toBe(202)
    await until('it to be settled', async () => (await conflictsAt(gateway(), 'state=open&rule=cancel-or-go-on')).length === 0)
  })
})

describe('one field written apart', () => {
  test('CON-4 CON-6 I13 of two titles one is kept, the same everywhere, and both ends tell which was lost', async () => {
    const id = await begun('titles')
    await sameLogs(site, 'harbour')
    await apart()
    const headers = { 'If-Match': '*' }
    for (const [api, title] of [
      [gateway(), 'Crane first'],
      [site.cloud, 'Ship first'],
    ] as const)
      expect((await api.ask('PUT', `/workflows/${id}`, { title }, headers)).status).toBe(200)
    site.member('harbour').proxy.set('open')
    await until('it to be on record', async () => (await conflictsAt(site.cloud, `state=all&workflow=${id}`)).length > 0)
    await sameLogs(site, 'harbour')
    const titles = [(await gateway().get(id)).title, (await site.cloud.get(id)).title]
    expect(titles[0]).toBe(titles[1])
    const lost = titles[0] === 'Crane first' ? 'Ship first' : 'Crane first'
    expect(await told(id)).toMatchObject([
      { open: false, conflict: { rule: 'concurrent-edits', choice: 'keep', inputs: { field: 'title', kept: titles[0], lost } } },
    ])
  })
})

describe('safety', () => {
  test('CON-1 CON-2 CON-3 CON-6 a rule published while it runs keeps the second robot out of the zone; both ends tell why', async () => {
    const zones = {
      id: 'two-robots-one-zone',
      on: 'begin',
      severity: 'critical',
      when: "step.capability == 'weld' && facility.working.exists(w, w.agent != agent.id && has(w.input.zone) && w.input.zone == step.input.zone)",
      resolve: ['rescheduling'],
    }
    expect((await gateway().ask('POST', '/rules', { rule: zones })).status).toBe(201)
    const { gateway: edge } = site.member('harbour')
    const done = new Map<string, () => void>()
    const weld = (task: { readonly workflow: string }) => new Promise<string>((resolve) => done.set(task.workflow, () => resolve('welded')))
    await edge.hire('robot-2', { weld })
    await edge.hire('robot-3', { weld })
    const start = (key: string) => gateway().start({ facility: 'harbour', definition: 'welding', key, input: { zone: 7 } })
    const first = await start('weld-1')
    await until('the first to be at work', () => done.has(first))
    const second = await start('weld-2')
    await until('the second to wait', async () => (await gateway().get(second)).status === 'active.waiting_for_resource')
    await sameLogs(site, 'harbour')
    const [found] = await told(second)
    expect(found?.conflict).toMatchObject({ kind: 'safety', choice: 'wait', strategy: 'rescheduling', severity: 'critical' })
    expect(found?.conflict.explanation).toContain('weld of weld-2 was about to begin while')
    expect(done.has(second)).toBe(false)
    done.get(first)?.()
    await until('the second to be at work', () => done.has(second))
    done.get(second)?.()
    expect((await ended(gateway(), second)).status).toBe('completed')
  })
})

describe('a folder of rules', () => {
  test('CON-3 a file laid into it counts without a restart, and one whose own cases fail does not', async () => {
    const folder = newFolder()
    const { gateway: lone, stop } = await openLoneGateway(undefined, {}, { rulesFolder: folder })
    try {
      const listed = async () => JSON.stringify((await lone.api.ask('GET', '/rules')).body)
      expect(await listed()).toBe('{"items":[]}')
      const rule = 'id: night\non: begin\nwhen: now < 0\ncases: [{ name: at night, given: { now: -1 }, expect: conflict }]\n'
      writeFileSync(join(folder, 'night.yaml'), rule)
      await until('the rule to count', async () => (await listed()).includes('"when":"now < 0"'))
      writeFileSync(join(folder, 'night.yaml'), rule.replace('now < 0', 'now > 0'))
      await until('the fault to be told', () => lone.log().includes('at night'))
      expect(await listed()).toContain('"when":"now < 0"')
    } finally {
      await stop()
      rmSync(folder, { recursive: true })
    }
  })
})
