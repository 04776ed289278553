/**
 * SQLite's result codes, told apart by what the caller does next.
 *
 * Every write goes to the WAL during COMMIT, so that is where a full disk shows. It is a known outcome once what was written has been cut
 * off again. A failed sync (SQLITE_IOERR) says nothing of what the disk holds, hence `unknown-outcome`.
 */

import { type StoreError, StoreFailure } from '../../ports/store.ts'
import { StoreInUse } from '../store-in-use.ts'

const PERM = 3
const BUSY = 5
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

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

/** What an open throws. */
export const openFailure = (error: unknown, path: string): unknown => {
  if (resultCode(error) === BUSY) return new StoreInUse(path)
  return resultCode(error) === IOERR ? error : readFailure(error, path)
}

/** Why a store was not opened. */
export interface Unopened {
  /** Says what is wrong and what to do about it. */
  readonly message: string
  /** It may pass by itself: trying again later makes sense. */
  readonly isPassing: boolean
}

export const unopened = (error: unknown, path: string): Unopened => {
  const lasting = (message: string): Unopened => ({ message: `${path}: ${message}`, isPassing: false })
  if (error instanceof StoreInUse) return lasting('another process has it open, and a store has one at a time')
  if (error instanceof StoreFailure && error.reason.code === 'corrupt') {
    return lasting(`damaged at ${error.reason.where}: ${error.reason.message}; restore it from a backup`)
  }
  const message = error instanceof Error ? error.message : String(error)
  switch (resultCode(error)) {
    case FULL:
      return { message: `${path}: the disk is full`, isPassing: true }
    case IOERR:
      return { message: `${path}: the disk failed: ${message}`, isPassing: true }
    case READONLY:
    case PERM:
      return lasting('it may not be written: look at its owner, its mode and how its disk is mounted')
    case CANTOPEN:
      return lasting('it can not be opened: its folder must be there, and both may be written by this user')
    default:
      return lasting(message)
  }
}

/** ERR_OUT_OF_RANGE: an integer that this adapter can't have written. */
const isDamage = (error: unknown): boolean => {
  const code = resultCode(error)
  return code === CORRUPT || code === NOTADB || (error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE')
}

/** The primary result code: extended ones carry it in their low byte. */
const resultCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
