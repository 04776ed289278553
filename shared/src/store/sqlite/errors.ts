/**
 * SQLite's result codes, told apart by what the caller does next.
 *
 * Every write goes to the WAL during COMMIT, so that is where a full disk shows. It is still a known outcome: the commit frame is the last
 * thing written, SQLITE_FULL means that it was not written whole, and recovery ignores it. A failed sync (SQLITE_IOERR) says nothing of
 * the kind, hence `unknown-outcome`.
 */
import { type StoreError, StoreFailure } from '../../ports/store.ts'

const BUSY = 5
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const NOTADB = 26

export const isBusy = (error: unknown): boolean => resultCode(error) === BUSY

/** The error of a write, or `undefined` for what is not the store's: a programmer's error, to be thrown on. */
export const writeError = (error: unknown, path: string): StoreError | undefined => {
  if (error instanceof StoreFailure) return error.reason
  const message = error instanceof Error ? error.message : String(error)
  const code = resultCode(error)
  if (code === FULL) return { code: 'disk-full', message }
  if (code === READONLY) return { code: 'read-only', message }
  if (code === IOERR) return { code: 'unknown-outcome', message }
  return isDamage(error) ? { code: 'corrupt', where: path, message } : undefined
}

/** What a read throws: a place that the disk won't give is as lost to the caller as one that it gives wrongly. */
export const readFailure = (error: unknown, path: string): unknown => {
  if (error instanceof StoreFailure || !(error instanceof Error)) return error
  const isLost = isDamage(error) || resultCode(error) === IOERR
  return isLost ? new StoreFailure({ code: 'corrupt', where: path, message: error.message }) : error
}

/** ERR_OUT_OF_RANGE: an integer that this adapter can't have written. */
const isDamage = (error: unknown): boolean => {
  const code = resultCode(error)
  return code === CORRUPT || code === NOTADB || (error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE')
}

/** The primary result code: extended ones carry it in their low byte. */
const resultCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
