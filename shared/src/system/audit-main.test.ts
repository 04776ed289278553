import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import { systemRandom } from './clock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const audit = (...given: readonly string[]) =>
  spawnSync(process.execPath, [new URL('audit-main.ts', import.meta.url).pathname, ...given], { encoding: 'utf8' })

test('PER-1 an audit of a store that is not there is refused, and makes none', () => {
  const path = join(folder, 'missing.db')
  const { status, stderr } = audit(path)
  expect([status, stderr]).toEqual([2, `${path}: there is no such store\n`])
  expect(existsSync(path)).toBe(false)
  expect(audit().status).toBe(2)
})

test('PER-1 an audit of a store in use says so; once it is closed, it is verified', async () => {
  const path = join(folder, 'store.db')
  const store = openSqliteStore({ path, schemas: ENGINE_SCHEMAS, random: systemRandom })
  const { status, stderr } = audit(path)
  expect([status, stderr]).toEqual([2, `${path}: in use by a running node; stop it first\n`])
  await store.close()
  expect(audit(path)).toMatchObject({ status: 0, stdout: '0 logs verified, 0 broken\n' })
})
