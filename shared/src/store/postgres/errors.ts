/**
 * PostgreSQL's error codes (SQLSTATE), told apart by what the caller does next. An error of the server has a severity; one of the
 * connection has a system's code (`EPIPE`), or none.
 */
import { type StoreError, StoreFailure } from '../../ports/store.ts'
import { OutcomeUnknown } from './database.ts'

const DISK_FULL = '53100'
const INVALID_PARAMETER = '22023'
const READ_ONLY = '25006'
const DAMAGE: ReadonlySet<string> = new Set(['XX001', 'XX002'])
/** Serialization failure and deadlock: nothing was done, and doing it again is the remedy. */
const AGAIN: ReadonlySet<string> = new Set(['40001', '40P01'])
/** The connection, the server's resources, somebody's intervention, the system below it: none is a fault of what was asked. */
const PASSING: ReadonlySet<string> = new Set(['08', '40', '53', '57', '58'])

/** Asked for a transaction that the server does not know to have begun: lost in a crash, with all its traces. */
export const isUnheardOf = (error: unknown): boolean => sqlStateOf(error) === INVALID_PARAMETER

export const isWorthAgain = (error: unknown): boolean => AGAIN.has(sqlStateOf(error))

/** The error of a commit; nothing for what is not the store's, a programmer's error, to be thrown on. */
export const writeError = (error: unknown): StoreError | undefined => {
  if (error instanceof StoreFailure) return error.reason
  if (error instanceof OutcomeUnknown) return { code: 'unknown-outcome', message: error.message }
  const message = messageOf(error)
  const state = sqlStateOf(error)
  if (state === DISK_FULL) return { code: 'disk-full', message }
  if (state === READ_ONLY) return { code: 'read-only', message }
  if (DAMAGE.has(state)) return { code: 'corrupt', where: 'database', message }
  return isPassing(error) ? { code: 'unavailable', message } : undefined
}

/** What a read throws. */
export const readFailure = (error: unknown): unknown => {
  const reason = writeError(error)
  return reason === undefined || error instanceof StoreFailure ? error : new StoreFailure(reason)
}

/** It may go by itself: trying again later makes sense. */
export const isPassing = (error: unknown): boolean => {
  const state = sqlStateOf(error)
  return state === '' ? isOfConnection(error) : PASSING.has(state.slice(0, 2))
}

/** The system's errors have a code, the client's own are plain; anything else is a fault of this program. */
const isOfConnection = (error: unknown): boolean =>
  error instanceof Error && ('code' in error || error instanceof AggregateError || error.constructor === Error)

/** Why a database was not opened. */
export interface Unopened {
  readonly message: string
  /** It may pass by itself: trying again later makes sense. */
  readonly isPassing: boolean
}

/** Without its address, which may hold a password. */
export const unopened = (error: unknown): Unopened => ({ message: messageOf(error), isPassing: isPassing(error) })

export const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

const sqlStateOf = (error: unknown): string =>
  error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string' ? error.code : ''
