/**
 * The few calls that the store makes of SQLite. `DatabaseSync` of node:sqlite is what gateways run on; any other build of SQLite with
 * these calls will do, so the same statements can be run on a disk that loses power.
 *
 * Errors carry SQLite's result code as `errcode`, as those of node:sqlite do; an integer too large for a number is an error with the
 * code ERR_OUT_OF_RANGE.
 *
 * `psow=0` takes nothing for granted about the sector that a write shares with what was written before it. SQLite's own default trusts
 * the disk to leave those bytes alone when the power goes; on one that doesn't, the next commit's frames take the last acknowledged
 * commit with them. Each commit is padded to a sector of its own instead: more bytes in the WAL, no more syncs.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

export type SqlValue = null | number | bigint | string | Uint8Array
export type SqlRow = Record<string, SqlValue>

export interface SqliteStatement {
  run(...values: SqlValue[]): unknown
  get(...values: SqlValue[]): SqlRow | undefined
  all(...values: SqlValue[]): SqlRow[]
}

export interface SqliteDatabase {
  readonly isTransaction: boolean
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

/** What the store asks of the machine it stands on. */
export interface SqliteHost {
  /** @param uri as SQLite reads it: `file:///…?psow=0` */
  open(uri: string): SqliteDatabase
  /** Durable once it returns. */
  truncate(path: string, size: number): void
  /** Names given and taken in the folder of this file are durable once it returns. */
  syncFolderOf(path: string): void
}

/** Long enough for a predecessor's last checkpoint, short enough to say soon that two run at once. */
const BUSY_TIMEOUT_MS = 250

export const nodeHost: SqliteHost = {
  open: (uri) => new DatabaseSync(uri, { timeout: BUSY_TIMEOUT_MS }),
  truncate: (path, size) =>
    synced(path, 'r+', (file) => {
      ftruncateSync(file, size)
    }),
  syncFolderOf: (path) => {
    // Windows opens no folders; there a file's name is as safe as the file.
    if (process.platform !== 'win32') synced(dirname(path), 'r', () => undefined)
  },
}

const synced = (path: string, flags: string, change: (file: number) => void): void => {
  const file = openSync(path, flags)
  try {
    change(file)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export const uriOf = (path: string): string => {
  const url = pathToFileURL(path)
  url.searchParams.set('psow', '0')
  return url.href
}
