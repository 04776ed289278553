/** One gateway runs a facility at a time: handed over as planned, taken over by a standby, declared lost; and what an old one may still do. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Handler } from '@holdfast/agent-sdk'
import { afterEach, describe, expect, test } from 'vitest'
import { authorityAt, openPair, type Pair, TIMED } from '../support/pair.ts'
import { ended } from '../support/site.ts'
import { until } from '../support/until.ts'

let pair: Pair
afterEach(() => pair.stop())

const start = (n: number) => ({ facility: 'harbour', definition: 'errand', key: `order-${n}`, input: { n } })

/** Agents that count what they do, by workflow and step. */
const counting = async (workMs: number) => {
  const deeds = new Map<string, number>()
  const perform: Handler = async ({ workflow, step }) => {
    const deed = `${workflow} ${step}`
    deeds.set(deed, (deeds.get(deed) ?? 0) + 1)
    await sleep(workMs)
    return deed
  }
  for (const robot of ['robot-1', 'robot-2'] as const) await pair.hire(robot, { go: perform, 'come-back': perform }, { capacity: 3 })
  return deeds
}

const holds = (api: Pair['cloud'], epoch: number) =>
  until(`epoch ${epoch} to be held there`, async () => {
    const view = await authorityAt(api)
    return view.epoch === epoch && view.decides ? view : undefined
  })

describe('SYN-7 planned handover', () => {
  test('SYN-7 in the midst of workflows nothing is lost and nothing done twice', async () => {
    pair = await openPair()
    const deeds = await counting(150)
    const { first, spare, cloud } = pair
    const ids: string[] = []
    for (let n = 0; n < 12; n += 1) ids.push(await first.gateway.api.start(start(n)))
    await until('work to be under way', async () => deeds.size >= 4)
    const done = await cloud.ask('POST', '/facilities/harbour/handover', { to: 'spare-gateway' })
    expect([done.status, done.body]).toMatchObject([200, { epoch: 2, holder: 'spare-gateway', since: { how: 'handover', by: 'operator' } }])
    await holds(spare.gateway.api, 2)
    expect(await authorityAt(first.gateway.api)).toMatchObject({ decides: false })
    for (const id of ids) expect(await ended(spare.gateway.api, id)).toMatchObject({ status: 'completed' })
    expect([...deeds].filter(([, times]) => times !== 1)).toEqual([])
    expect(deeds.size).toBe(2 * ids.length)
    for (const id of ids) {
      const { log } = await spare.gateway.api.get(id)
      for (const api of [cloud, first.gateway.api]) {
        await until('every copy to hold the same log', async () => (await api.get(id)).log.head === log.head)
      }
    }
  })

  test('SYN-7 and back again, from the gateway itself; a node that is not enrolled or not there gets nothing', async () => {
    pair = await openPair()
    const { first, spare } = pair
    const give = (api: Pair['cloud'], to: string) => api.ask('POST', '/facilities/harbour/handover', { to })
    expect((await give(first.gateway.api, 'nobody')).status).toBe(422)
    expect((await give(spare.gateway.api, 'first-gateway')).status).toBe(409)
    expect((await give(first.gateway.api, 'spare-gateway')).status).toBe(200)
    await holds(spare.gateway.api, 2)
    expect((await give(spare.gateway.api, 'first-gateway')).status).toBe(200)
    await holds(first.gateway.api, 3)
    await first.gateway.kill()
    await until('it to be missed', async () => (await authorityAt(pair.cloud)).gateways?.some(({ connected }) => !connected))
    expect((await give(spare.gateway.api, 'first-gateway')).status).toBe(409)
    expect((await give(pair.cloud, 'first-gateway')).status).toBe(503)
    await first.gateway.restart()
    await holds(first.gateway.api, 3)
  })
})

describe('SYN-7 failover', () => {
  test('SYN-7 a standby takes over by itself when a timed lease has run out, and the work goes on there', async () => {
    pair = await openPair(TIMED)
    const deeds = await counting(100)
    const { first, spare } = pair
    await holds(first.gateway.api, 1)
    const ids: string[] = []
    for (let n = 0; n < 6; n += 1) ids.push(await first.gateway.api.start(start(n)))
    await until('all of it to be at the spare', async () => (await spare.gateway.api.list()).length === ids.length)
    await first.gateway.kill()
    await holds(spare.gateway.api, 2)
    for (const id of ids) expect(await ended(spare.gateway.api, id)).toMatchObject({ status: 'completed' })
    expect(deeds.size).toBe(2 * ids.length)
    await first.gateway.restart()
    await until('the first to know its place', async () => (await authorityAt(first.gateway.api)).epoch === 2)
    expect(await authorityAt(first.gateway.api)).toMatchObject({ decides: false })
  })

  test('I14 SYN-7 a holder that is cut off stops deciding before anybody else begins', async () => {
    pair = await openPair(TIMED)
    const { first, spare } = pair
    await holds(first.gateway.api, 1)
    first.proxy.set('cut')
    const moments: boolean[][] = []
    await until('the spare to hold it', async () => {
      const views = await Promise.all([authorityAt(first.gateway.api), authorityAt(spare.gateway.api)])
      moments.push(views.map(({ decides }) => decides === true))
      return views[1].decides
    })
    expect(moments.filter(([one, other]) => one && other)).toEqual([])
    expect(moments.some(([one, other]) => !one && !other)).toBe(true)
    const refused = await first.gateway.api.ask('POST', '/workflows', start(1))
    expect([refused.status, refused.body]).toMatchObject([503, { type: 'urn:holdfast:problem:lease-ran-out' }])
  })
})

describe('SYN-7 declared lost', () => {
  const declareLost = (api: Pair['cloud'], heir: string) =>
    api.ask('POST', '/facilities/harbour/declare-lost', { reason: 'the hall has burnt down', heir })

  test('I14 SYN-7 the old one comes back: its facts are kept, its decisions judged, what was done twice is a conflict', async () => {
    pair = await openPair()
    const { first, spare, cloud } = pair
    const at = async (member: Pair['first'], id: 'robot-1' | 'robot-2', done: string[]) => {
      const perform: Handler = async ({ step }) => {
        done.push(step)
        return { by: id }
      }
      await member.gateway.hire(id, { go: perform, 'come-back': perform })
    }
    const tour = await first.gateway.api.start({ facility: 'harbour', definition: 'tour', key: 'round', input: { stops: [1] } })
    await until('the tour to be known at the spare', async () => (await spare.gateway.api.list()).length === 1)

    first.proxy.set('cut')
    await until('the first to be missed', async () => (await authorityAt(cloud)).gateways?.some(({ connected }) => !connected))
    expect((await authorityAt(first.gateway.api)).decides).toBe(true)
    const lost = await declareLost(cloud, 'spare-gateway')
    expect([lost.status, lost.body]).toMatchObject([200, { epoch: 2, since: { how: 'declared-lost', reason: 'the hall has burnt down' } }])
    await holds(spare.gateway.api, 2)

    const [old, now]: [string[], string[]] = [[], []]
    await at(first, 'robot-1', old)
    await at(spare, 'robot-2', now)
    await until('both to have done the work', async () => old.length === 1 && now.length === 1)
    expect((await first.gateway.api.ask('POST', `/workflows/${tour}/pause`)).status).toBe(200)
    await until('the stop to be over at the spare', async () =>
      (await spare.gateway.api.history(tour)).some(({ type }) => type === 'step-succeeded'),
    )

    first.proxy.set('open')
    await until('the old one to know', async () => (await authorityAt(first.gateway.api)).epoch === 2)
    expect((await authorityAt(first.gateway.api)).decides).toBe(false)
    const judged = await until('its part to be judged', async () => {
      const history = await spare.gateway.api.history(tour)
      // It comes in as many parts as it was written in: what both did, and the pause, are the last.
      const told = new Set(history.map(({ type }) => type))
      return told.has('conflict') && told.has('paused') ? history : undefined
    })
    const types = judged.map(({ type }) => type)
    expect(types.filter((type) => type === 'late-result')).toHaveLength(1)
    expect(judged.find(({ type }) => type === 'conflict')?.data).toMatchObject({ rule: 'two-authorities', choice: 'ask' })
    expect(types).toContain('paused')
    expect(judged.find(({ type }) => type === 'paused')?.by).toBe('shift-lead')
    const { log } = await spare.gateway.api.get(tour)
    for (const api of [cloud, first.gateway.api]) {
      await until('every copy to hold the same log', async () => (await api.get(tour)).log.head === log.head)
    }
  })

  test('COO-9 I14 SYN-7 an agent that has seen the higher epoch takes nothing from the old one', async () => {
    pair = await openPair()
    const { first, spare, cloud } = pair
    first.proxy.set('cut')
    await until('the first to be missed', async () => (await authorityAt(cloud)).gateways?.some(({ connected }) => !connected))
    expect((await declareLost(cloud, 'spare-gateway')).status).toBe(200)
    await holds(spare.gateway.api, 2)
    const done: string[] = []
    const go: Handler = async () => {
      done.push('go')
      return null
    }
    const skills = { go }
    const once = await spare.gateway.hire('robot-1', skills)
    await until('it to be welcome there', async () => (await spare.gateway.api.agents()).some(({ present }) => present))
    await once.close()
    const again = await first.gateway.hire('robot-1', skills)
    const stale = new Promise((resolve) => again.on('stale-gateway', resolve))
    await first.gateway.api.start(start(1))
    expect(await stale).toMatchObject({ epoch: 1, highest: 2 })
    expect(done).toEqual([])
  })
})
