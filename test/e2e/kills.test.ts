/** The gateway is killed without warning, again and again, while clients start workflows and agents work. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Handler } from '@holdfast/agent-sdk'
import { Prng } from '@holdfast/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { workflowOf } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'

const KILLS = 5
const LONGEST_LIFE_MS = 900

let lone: Lone
beforeEach(async () => {
  lone = await openLoneGateway()
})
afterEach(() => lone.stop())

const body = (n: number) => ({ facility: 'harbour', definition: 'errand', key: `order-${n}`, input: { n } })

test.each([Date.now() % 100_000])(
  'PER-2 PER-3 EX-10 what was acknowledged is there after every kill and ends, and no deed is done twice (seed %i)',
  async (seed) => {
    const random = new Prng(seed)
    const { gateway } = lone
    const deeds = new Map<string, number>()
    const perform: Handler = async ({ workflow, step }) => {
      await sleep(15)
      const deed = `${workflow} ${step}`
      deeds.set(deed, (deeds.get(deed) ?? 0) + 1)
      return deed
    }
    for (const robot of ['robot-1', 'robot-2'] as const) {
      await gateway.hire(robot, { go: perform, 'come-back': perform }, { capacity: 4 })
    }
    const acknowledged = new Map<number, string>()
    let isHarmed = true
    const startMany = async (): Promise<void> => {
      for (let n = 0; isHarmed; n += 1) {
        // No answer is no acknowledgement: it may have been started or not, and is not asked for again.
        const answer = await gateway.api.ask('POST', '/workflows', body(n)).catch(() => undefined)
        if (answer?.status === 201) acknowledged.set(n, workflowOf(answer.body).id)
        await sleep(10)
      }
    }
    const killAgainAndAgain = async (): Promise<void> => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(random.between(100, LONGEST_LIFE_MS))
        await gateway.kill()
        await gateway.restart()
      }
      isHarmed = false
    }
    await Promise.all([startMany(), startMany(), killAgainAndAgain()])
    expect(acknowledged.size).toBeGreaterThan(KILLS)
    const all = await gateway.api.list()
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set([...all.map(({ id }) => id), ...acknowledged.values()]))
    for (const { id } of all) expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
    expect([...deeds].filter(([, times]) => times !== 1)).toEqual([])
    expect(deeds.size).toBe(2 * all.length)
    for (const [n, id] of acknowledged) {
      const again = await gateway.api.ask('POST', '/workflows', body(n))
      expect([again.status, workflowOf(again.body).id]).toEqual([200, id])
    }
  },
)

test('PER-3 a kill between a task and the next is no more than a pause, and recovering twice changes nothing', async () => {
  const { gateway } = lone
  let begun = 0
  await gateway.hire('robot-1', {
    go: () => {
      begun += 1
      return 'there'
    },
  })
  const id = await gateway.api.start(body(1))
  const atRest = async (): Promise<string> => {
    for (;;) {
      const { steps, log } = await gateway.api.get(id)
      if (steps[0]?.status === 'succeeded') return `${log.length} ${log.head}`
      await sleep(50)
    }
  }
  const before = await atRest()
  for (let kill = 0; kill < 3; kill += 1) {
    await gateway.kill()
    await gateway.restart()
    expect(await atRest()).toBe(before)
  }
  const health = await (await fetch(`${gateway.url}/health`)).json()
  expect(health.explain).toMatch(/life \d+, 1 workflows taken up again/)
  await gateway.hire('robot-2', { 'come-back': () => 'here' })
  expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
  expect(begun).toBe(1)
})
