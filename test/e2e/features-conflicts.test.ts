/** Gateway and coordinator decide while they can't hear each other; then they meet, and both tell the same of what collided. */
import type { ConflictCase } from '@holdfast/shared/http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conflictsAt, settle } from '../support/conflicts.ts'
import { openSite, type Site, sameLogs } from '../support/site.ts'
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

let site: Site
beforeAll(async () => {
  site = await openSite(['harbour'], { 'shipping.yaml': SHIPPING })
  await site.member('harbour').gateway.hire('robot-1', { work: () => 'done' }, { capacity: 8 })
})
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
