/** What every node of a test needs of the machine: a folder of its own, secrets that nobody else can read. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'site-of-holdfast-'))

export const newToken = (): string => randomBytes(24).toString('base64url')

export const writePrivate = (path: string, content: string | object): string => {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2), { mode: 0o600 })
  return path
}

export const ROOT = new URL('../..', import.meta.url).pathname
