/** Two facilities do the same while neither hears of the other; the coordinator sees it, and both are told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Api } from '../support/api.ts'
import { conflictsAt, settle } from '../support/conflicts.ts'
import { openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'

const DELIVERY = 'name: delivery\nsteps:\n  load: { type: wait, on: { kind: signal, signal: loaded } }\n'
const HOMES = ['airport', 'harbour'] as const

const rule = (id: string, prefix: string, resolve: readonly string[]) => ({
  id,
  on: 'facilities',
  when: `claim.kind == 'key' && claim.name.startsWith('${prefix}') && parties.all(p, p.definition == 'delivery')`,
  resolve,
  queue: 'planning',
})

describe('one order at two facilities', () => {
  let site: Site
  beforeAll(async () => {
    site = await openSite(HOMES, { 'delivery.yaml': DELIVERY })
    for (const each of [rule('one-order-one-home', 'order', ['priority']), rule('one-crate-one-home', 'crate', [])])
      expect((await site.cloud.ask('POST', '/rules', { rule: each })).status).toBe(201)
  })
  afterAll(() => site.stop())

  const api = (home: string): Api => site.member(home).gateway.api

  /** Started at both while their lines are cut, then they meet. */
  const startApart = async (key: string): Promise<readonly string[]> => {
    for (const home of HOMES) site.member(home).proxy.set('cut')
    await until('the cuts to be seen', async () => (await site.cloud.facilities()).every(({ connected }) => !connected))
    const start = (home: string, priority: 'high' | 'normal') =>
      api(home).start({ facility: home, definition: 'delivery', key, priority, input: {} })
    const ids = [await start('airport', 'normal'), await start('harbour', 'high')]
    for (const home of HOMES) site.member(home).proxy.set('open')
    return ids
  }
  const oneOf = (workflow: string, at: Api) =>
    until('the conflict to be on record', async () => (await conflictsAt(at, `state=all&workflow=${workflow}`))[0])

  test('CON-1 CON-2 CON-6 the less urgent is paused; gateways and coordinator give the same reason', async () => {
    const [there = '', here = ''] = await startApart('order-7')
    const told = await Promise.all([
      oneOf(there, api('airport')),
      oneOf(here, api('harbour')),
      oneOf(there, site.cloud),
      oneOf(here, site.cloud),
    ])
    expect(new Set(told.map(({ conflict }) => conflict.explanation)).size).toBe(1)
    expect(told[0]?.conflict).toMatchObject({ rule: 'one-order-one-home', choice: 'harbour:order-7', strategy: 'priority' })
    expect(told[0]?.conflict.explanation).toBe(
      'key order-7 is claimed by order-7 at airport and order-7 at harbour. order-7 at harbour keeps key order-7, being high; order-7 at airport waits.',
    )
    await until('the less urgent to be paused', async () => (await api('airport').get(there)).status === 'paused')
    expect((await api('harbour').get(here)).status).toMatch(/^active/)
  })

  test('CON-2 CON-6 what a person settles at one end is settled at the other', async () => {
    const [there = '', here = ''] = await startApart('crate-1')
    const found = await oneOf(there, api('airport'))
    expect((await oneOf(here, api('harbour'))).conflict).toMatchObject({
      choice: 'ask',
      queue: 'planning',
      options: found.conflict.options,
    })
    expect((await settle(api('airport'), found.id, 'airport:crate-1', 'it stands here')).status).toBe(200)
    const told = await until('the harbour to be told', async () => {
      const { conflict } = await oneOf(here, api('harbour'))
      return conflict.settled === undefined ? undefined : conflict
    })
    expect(told.settled).toMatchObject({ option: 'airport:crate-1', comment: 'it stands here' })
    expect((await api('harbour').get(here)).status).toBe('paused')
    expect((await api('airport').get(there)).status).toMatch(/^active/)
  })

  test('CON-1 what a restarted coordinator finds again is on record once', async () => {
    await site.killCloud()
    await site.restartCloud()
    const ids = await startApart('order-8')
    for (const [n, home] of HOMES.entries()) await oneOf(ids[n] ?? '', api(home))
    for (const home of HOMES) expect(await conflictsAt(api(home), 'state=all')).toHaveLength(3)
  })
})
