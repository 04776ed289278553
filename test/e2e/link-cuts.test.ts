/** The line between gateway and coordinator is cut, and goes silent, at random moments while both work; then it heals. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Prng } from '@holdfast/shared/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ended, openSite, type Site, sameLogs } from '../support/site.ts'
import { until } from '../support/until.ts'

const WORKFLOWS = 60
const CUTS = 12
const LONGEST_PHASE_MS = 400

describe('a line that breaks', () => {
  let site: Site
  beforeEach(async () => {
    site = await openSite()
    const skills = { go: () => sleep(20).then(() => 'there'), 'come-back': () => 'here' }
    await site.member('harbour').gateway.hire('robot-1', skills, { capacity: 8 })
  })
  afterEach(() => site.stop())

  const body = (key: string) => ({ facility: 'harbour', definition: 'errand', key, input: { n: 1 } })

  test.each([Date.now() % 100_000])(
    'SYN-2 SYN-3 cut and silent at random, with work on both sides: nothing is lost or doubled (seed %i)',
    async (seed) => {
      const random = new Prng(seed)
      const { gateway, proxy } = site.member('harbour')
      const ids: string[] = []
      const work = async (): Promise<void> => {
        for (let n = 0; n < WORKFLOWS; n += 1) {
          const api = n % 3 === 0 ? site.cloud : gateway.api
          ids.push(await api.start(body(`order-${n}`)))
          await sleep(30)
        }
      }
      const harm = async (): Promise<void> => {
        for (let cut = 0; cut < CUTS; cut += 1) {
          proxy.set(random.pick(['cut', 'silent', 'cut', 'open']))
          await sleep(random.between(0, LONGEST_PHASE_MS))
          proxy.set('open')
          await sleep(random.between(0, LONGEST_PHASE_MS))
        }
      }
      await Promise.all([work(), harm()])
      for (const id of ids) expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
      expect(await sameLogs(site, 'harbour')).toBe(WORKFLOWS)
      for (const id of ids) {
        const created = (await site.cloud.history(id)).filter(({ type }) => type === 'created' || type === 'completed')
        expect(created.map(({ type }) => type)).toEqual(['created', 'completed'])
      }
    },
  )

  test('SYN-2 coming back after few changes costs little beside the first catching up', async () => {
    const { gateway, proxy } = site.member('harbour')
    proxy.set('cut')
    await until('the cut to be seen', async () => (await site.cloud.facilities())[0]?.connected === false)
    const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => gateway.api.start(body(`first-${n}`))))
    for (const id of ids) await ended(gateway.api, id)
    const catchUp = async (workflows: number): Promise<number> => {
      proxy.count()
      proxy.set('open')
      expect(await sameLogs(site, 'harbour')).toBe(workflows)
      return proxy.passed.up
    }
    const first = await catchUp(100)
    proxy.set('cut')
    await until('the cut to be seen', async () => (await site.cloud.facilities())[0]?.connected === false)
    await ended(gateway.api, await gateway.api.start(body('one-more')))
    const second = await catchUp(101)
    expect(second).toBeGreaterThan(0)
    expect(second).toBeLessThan(first / 5)
  })

  test('SYN-1 SYN-3 PER-2 what the cloud has acknowledged survives its own kill, while the facility goes on', async () => {
    const { gateway, proxy } = site.member('harbour')
    proxy.set('cut')
    const proposed = await site.cloud.start(body('from-the-cloud'))
    await site.killCloud()
    const local = await gateway.api.start(body('from-the-floor'))
    expect(await ended(gateway.api, local)).toMatchObject({ status: 'completed' })
    await site.restartCloud()
    expect(await site.cloud.get(proposed)).toMatchObject({ status: 'pending', pending: true })
    proxy.set('open')
    expect(await ended(site.cloud, proposed)).toMatchObject({ status: 'completed' })
    expect(await sameLogs(site, 'harbour')).toBe(2)
  })
})
