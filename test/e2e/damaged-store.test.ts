/** Bits flip in a gateway's store while it is down: what they hit is named, and the rest of the facility goes on. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { member } from '../support/api.ts'
import { newFolder } from '../support/folder.ts'
import { Gateway } from '../support/gateway.ts'
import { ended, layDefinitions } from '../support/site.ts'

let folder: string
let gateway: Gateway
beforeEach(async () => {
  folder = newFolder()
  gateway = await Gateway.start({ folder, facility: 'harbour', nodeNumber: 2, definitionsFolder: layDefinitions(folder) })
})
afterEach(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true })
})

const body = (n: number) => ({ facility: 'harbour', definition: 'errand', key: `order-${n}`, input: { n } })

/** One bit of the text or bytes that the statement names. */
const FLIPPED = `CAST(substr(hex, 1, 20) || CASE substr(hex, 21, 1) WHEN '0' THEN '1' ELSE '0' END || substr(hex, 22) AS TEXT)`

const damage = (changes: readonly string[]): void => {
  const database = new DatabaseSync(join(folder, 'harbour.db'))
  for (const sql of changes) expect(database.prepare(sql).run().changes).toBe(1)
  database.close()
}

const flippedUpdate = (document: string): string => `
  UPDATE updates SET bytes = (SELECT unhex(${FLIPPED}) FROM (SELECT hex(bytes) AS hex))
  WHERE version = 1 AND document = (SELECT number FROM documents WHERE id = '${document}')`

const flippedRow = (collection: string, key: string): string =>
  `UPDATE rows_${collection} SET value = replace(value, ':', ';') WHERE key = '${key}'`

test('PER-8 S5 I5 damage to one log, one row and the standing of the home: each is named, and all the rest is done', async () => {
  const ids = await Promise.all([0, 1, 2, 3].map((n) => gateway.api.start(body(n))))
  const [logless = '', rowless = '', standing = '', sound = ''] = ids
  await gateway.stop()
  damage([flippedUpdate(logless), flippedRow('workflows', rowless), flippedRow('open', standing), flippedRow('counts', 'harbour')])
  await gateway.restart()

  const { status, body: said } = await gateway.api.ask('GET', `/workflows/${logless}/history`)
  expect([status, member(said, 'type')]).toEqual([500, 'urn:holdfast:problem:store-corrupt'])
  expect(member(said, 'detail')).toMatch(new RegExp(`^update harbour/\\d+ of ${logless}: the stored bytes do not match their checksum$`))
  // A row only tells what the log says: the workflow itself is read from that.
  expect(await gateway.api.get(rowless)).toMatchObject({ id: rowless, key: 'order-1' })
  expect((await gateway.api.list()).map(({ id }) => id)).toEqual(expect.arrayContaining([logless, standing, sound]))

  await gateway.hire('robot-1', { go: () => 'gone', 'come-back': () => 'back' }, { capacity: 8 })
  for (const id of [standing, sound]) expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
  // Its log is whole, so it goes on, and its row is written again with its next event.
  expect(await ended(gateway.api, rowless)).toMatchObject({ status: 'completed' })
  expect(await ended(gateway.api, await gateway.api.start(body(4)))).toMatchObject({ status: 'completed' })

  const health = await (await fetch(`${gateway.url}/health`)).json()
  expect(health).toMatchObject({ status: 'degraded', ready: true })
  expect(health.explain).toMatch(/^damaged places found: \d+, named in the log; the rest is served$/)
  for (const place of [`of ${logless}`, `row workflows/${rowless}`, `row open/${standing}`, 'row counts/harbour']) {
    expect(gateway.log()).toContain(place)
  }
})
