/** What one end lost — a store that was put back, a row that is gone — the other gives back, and no work is done twice for it. */
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ended, openSite, type Site, sameLogs } from '../support/site.ts'
import { until } from '../support/until.ts'

let site: Site
let done: string[]
beforeEach(async () => {
  site = await openSite(['harbour'], {}, { compareEveryMs: 1_000 })
  done = []
  await site.member('harbour').gateway.hire('robot-1', skills, { capacity: 8 })
})
afterEach(() => site.stop())

const skills = {
  go: ({ workflow }: { workflow: string }) => {
    done.push(workflow)
    return 'there'
  },
  'come-back': () => 'here',
}
const errand = (key: string) => ({ facility: 'harbour', definition: 'errand', key, input: { n: 1 } })

const FILES = ['', '-wal', '-shm'] as const
const storeOf = (name: string): string => join(site.folder, `${name}.db`)

/** Of a store whose process is down. */
const backUp = (name: string): void => {
  for (const end of FILES) if (existsSync(storeOf(name) + end)) copyFileSync(storeOf(name) + end, `${storeOf(name)}.backup${end}`)
}
const putBack = (name: string): void => {
  for (const end of FILES) {
    rmSync(storeOf(name) + end, { force: true })
    if (existsSync(`${storeOf(name)}.backup${end}`)) copyFileSync(`${storeOf(name)}.backup${end}`, storeOf(name) + end)
  }
}

const inStep = (): Promise<true> =>
  until('a comparison that finds nothing', async () => {
    const [facility] = await site.member('harbour').gateway.api.facilities()
    const { comparison, pending, state } = facility?.line ?? {}
    return state === 'live' && pending === 0 && comparison?.differing === 0 && comparison.unhealed.length === 0
  })

test('SYN-11 a coordinator put back to an earlier day gets back what it lost, its own proposals too', async () => {
  const { gateway, proxy } = site.member('harbour')
  await ended(gateway.api, await gateway.api.start(errand('before')))
  await sameLogs(site, 'harbour')
  await site.killCloud()
  backUp('cloud')
  await site.restartCloud()
  const proposed = await site.cloud.start(errand('from-the-cloud'))
  const local = await gateway.api.start(errand('from-the-floor'))
  for (const id of [proposed, local]) expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
  expect(await sameLogs(site, 'harbour')).toBe(3)

  await site.killCloud()
  putBack('cloud')
  proxy.set('cut')
  await site.restartCloud()
  expect((await site.cloud.list()).length).toBe(1)
  proxy.set('open')
  expect(await sameLogs(site, 'harbour')).toBe(3)
  await inStep()
  expect([...done].sort()).toEqual([...new Set(done)].sort())
  expect(await ended(site.cloud, await site.cloud.start(errand('afterwards')))).toMatchObject({ status: 'completed' })
})

test('SYN-11 a gateway put back to an earlier day gets back what it had told its hub, and does none of it again', async () => {
  const { gateway } = site.member('harbour')
  await ended(gateway.api, await gateway.api.start(errand('before')))
  await sameLogs(site, 'harbour')
  await gateway.stop()
  backUp('harbour')
  await gateway.restart()
  const lost = await Promise.all(['one', 'two'].map((key) => gateway.api.start(errand(key))))
  for (const id of lost) expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
  expect(await sameLogs(site, 'harbour')).toBe(3)

  await gateway.kill()
  putBack('harbour')
  await gateway.restart()
  for (const id of lost) expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
  expect(await sameLogs(site, 'harbour')).toBe(3)
  await inStep()
  expect(done.length).toBe(3)
  expect(await ended(site.cloud, await gateway.api.start(errand('afterwards')))).toMatchObject({ status: 'completed' })
})

test.each([
  [
    'an update in the middle',
    (id: string) => `DELETE FROM updates WHERE version = 2 AND document = (SELECT number FROM documents WHERE id = '${id}')`,
  ],
  ['all updates', (id: string) => `DELETE FROM updates WHERE document = (SELECT number FROM documents WHERE id = '${id}')`],
  ['the row in the list', (id: string) => `DELETE FROM rows_workflows WHERE key = '${id}'`],
])('SYN-11 a coordinator whose store lost %s of a workflow is given it back', async (_, deletion) => {
  const { gateway } = site.member('harbour')
  const ids = await Promise.all(['a', 'b', 'c'].map((key) => gateway.api.start(errand(key))))
  for (const id of ids) await ended(gateway.api, id)
  expect(await sameLogs(site, 'harbour')).toBe(3)
  await site.killCloud()
  const database = new DatabaseSync(storeOf('cloud'))
  expect(database.prepare(deletion(ids[1] ?? '')).run().changes).toBeGreaterThan(0)
  database.close()
  await site.restartCloud()
  await sleep(1_000)
  expect(await sameLogs(site, 'harbour')).toBe(3)
  await inStep()
  expect(await ended(site.cloud, ids[1] ?? '')).toMatchObject({ status: 'completed' })
})
