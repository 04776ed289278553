/** What becomes of workflows that have ended, by the policy in a gateway's configuration: seen over HTTP, and by the audit of its store. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, member } from '../support/api.ts'
import { ROOT } from '../support/folder.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const SHORT = `
name: short
steps:
  call: { type: wait, on: { kind: signal, signal: called } }
`

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'short.yaml': SHORT }, { retention: { archiveAfterMs: 0, eraseAfterMs: 1_500, sweepMs: 100 } })
})
afterAll(() => lone.stop())

const run = async (api: Api, key: string): Promise<string> => {
  const id = await api.start({ facility: 'harbour', definition: 'short', key })
  await api.ask('POST', `/workflows/${id}/signal`, { name: 'called', id: 's', payload: null })
  await ended(api, id)
  return id
}

const audit = (store: string): readonly unknown[] => {
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'shared/src/system/audit-main.ts'), store, '--json'], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

test('PER-7 an ended workflow is archived, then deleted when its time has come; its key stays taken, and the audit still vouches for it', async () => {
  const { api } = lone.gateway
  const id = await run(api, 'first')
  const { head } = (await api.get(id)).log
  expect((await api.history(id)).at(-1)?.type).toBe('completed')
  await until('the workflow to be deleted', async () => (await api.ask('GET', `/workflows/${id}`)).status === 404)
  expect(await api.list()).toEqual([])
  const again = await api.ask('POST', '/workflows', { facility: 'harbour', definition: 'short', key: 'first' })
  expect([again.status, member(again.body, 'type')]).toEqual([410, 'urn:holdfast:problem:gone'])
  const open = await api.start({ facility: 'harbour', definition: 'short', key: 'second' })
  await lone.gateway.stop()
  const lines = audit(join(lone.folder, 'harbour.db'))
  expect(lines).toContainEqual(expect.objectContaining({ document: id, gone: true, head }))
  expect(lines).toContainEqual(expect.objectContaining({ document: open, key: 'second' }))
  expect(lines.filter((line) => member(line, 'problem') !== undefined)).toEqual([])
  await lone.gateway.restart()
  expect((await api.get(open)).status).toBe('active.synchronizing')
})
