/**
 * IndexedDB's exceptions, told apart by what the caller does next. Dexie wraps them: a transaction that fails at its commit comes as an
 * AbortError around the reason, a request among many as a BulkError around its failures.
 *
 * An abort for want of quota is a known outcome: the browser counts before it writes. Any other abort that nobody here asked for leaves
 * open what reached the disk, hence `unknown-outcome`.
 */
import { type StoreError, StoreFailure } from '../../ports/store.ts'

export const CLOSED: StoreError = { code: 'closed', message: 'the store is closed' }

const CLOSING = ['DatabaseClosedError', 'InvalidStateError']
const FAILING = [
  'AbortError',
  'TransactionInactiveError',
  'UnknownError',
  'TimeoutError',
  'BulkError',
  'OpenFailedError',
  'NotReadableError',
  'DataError',
]

/** The error of a write, or `undefined` for what is not the store's: a programmer's error, to be thrown on. */
export const writeError = (error: unknown): StoreError | undefined => {
  if (error instanceof StoreFailure) return error.reason
  const names = namesOf(error)
  const message = String(error)
  if (names.includes('QuotaExceededError')) return { code: 'disk-full', message }
  if (names.some((name) => CLOSING.includes(name))) return CLOSED
  return names.some((name) => FAILING.includes(name)) ? { code: 'unknown-outcome', message } : undefined
}

/** What a read throws: a place that the browser won't give is as lost to the caller as one that it gives wrongly. */
export const readFailure = (error: unknown, where: string): unknown => {
  const reason = writeError(error)
  if (reason === undefined || error instanceof StoreFailure) return error
  return new StoreFailure(reason.code === 'closed' ? reason : { code: 'corrupt', where, message: String(error) })
}

/** The names of an error and of all that it wraps. */
const namesOf = (error: unknown): readonly string[] => {
  if (typeof error !== 'object' || error === null) return []
  const own = 'name' in error && typeof error.name === 'string' ? [error.name] : []
  const inner = 'inner' in error ? namesOf(error.inner) : []
  const failures = 'failures' in error && Array.isArray(error.failures) ? error.failures.flatMap(namesOf) : []
  return [...own, ...inner, ...failures]
}
