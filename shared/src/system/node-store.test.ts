import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sealOfMeta } from '../store/sqlite/seal.ts'
import { ConfigError } from './config.ts'
import { healthOf, openNodeStore } from './node-store.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-store-'))
  path = join(folder, 'store.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

const whyNot = (): unknown => {
  try {
    openNodeStore(path, () => undefined)
  } catch (thrown) {
    return thrown
  }
  throw new Error('it was opened')
}

const tamper = (sql: string): void => {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

describe('PER-8 B38 a store that can not be opened says why, and what to do', () => {
  const expectSaid = (said: string): void => {
    const why = whyNot()
    expect(why).toBeInstanceOf(ConfigError)
    expect(String(why)).toBe(`ConfigError: storePath: ${path}: ${said}`)
  }

  test('another process has it', async () => {
    const first = openNodeStore(path, () => undefined)
    expectSaid('another process has it open, and a store has one at a time')
    await first.close()
  })

  test('a newer program wrote it', async () => {
    const store = openNodeStore(path, () => undefined)
    await store.close()
    tamper(`UPDATE meta SET schema_version = 99, crc = ${sealOfMeta(store.generation, 99, 0)}`)
    expect(String(whyNot())).toMatch(/has schema 99, newer than this program's \d+; start the program that wrote it$/)
  })

  test('its description of itself is damaged', async () => {
    await openNodeStore(path, () => undefined).close()
    tamper('UPDATE meta SET commits = commits + 1')
    expectSaid('damaged at meta: the stored bytes do not match their checksum; restore it from a backup')
  })

  test('it is no store', () => {
    writeFileSync(path, 'no database at all, and longer than a header of one hundred bytes'.repeat(20))
    expectSaid(`damaged at ${path}: file is not a database; restore it from a backup`)
  })

  test('its folder is not there, or it is a folder itself', () => {
    const said = 'it can not be opened: its folder must be there, and both may be written by this user'
    mkdirSync(path)
    expectSaid(said)
    rmSync(path, { recursive: true })
    path = join(folder, 'nowhere', 'store.db')
    expectSaid(said)
  })
})

describe('PER-8 I29 what a store fares is the health of its node', () => {
  const none = new Map<string, string>()
  const failing = { code: 'disk-full', message: 'no room', sinceWall: 0 } as const

  test('all well', () => expect(healthOf({ damaged: none })).toBeUndefined())

  test('no room', () =>
    expect(healthOf({ failing, damaged: none })).toEqual({
      status: 'read-only',
      explain: 'the disk is full since 1970-01-01T00:00:00.000Z: reads go on, nothing is taken, and it is tried again every second',
    }))

  test('damage is counted, and named to nobody who has not signed in', () => {
    const damaged = new Map([['row workflows/w_secret', 'bits']])
    const degraded = { status: 'degraded', explain: 'damaged places found: 1, named in the log; the rest is served' }
    expect(healthOf({ damaged })).toEqual(degraded)
    expect(healthOf({ failing, damaged })?.explain).toMatch(/^the disk is full .*; damaged places found: 1,/)
  })
})
