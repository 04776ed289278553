import type { StoreError } from '../ports/store.ts'
import { type Refusal, refusal } from '../values/refusal.ts'

const SAYS = {
  'disk-full': 'Nothing was taken. What is there can be read, and writing goes on by itself once there is room.',
  'read-only': 'Nothing was taken. What is there can be read.',
  unavailable: 'Nothing was taken. It goes on by itself once the database answers.',
  'unknown-outcome': 'It may have been taken or not: look, or ask again under the same key.',
  closed: 'It is opened again as soon as the disk serves.',
} as const

/** Nothing is wrong with what was put in: it has only to be taken again, on what is there now. */
export const CONCURRENT = 'concurrent-change'

/** What whoever put something in does about a store that fails. */
export const storeRefusal = (error: StoreError): Refusal => {
  switch (error.code) {
    case 'version-mismatch':
      return refusal('retry-later', CONCURRENT, `${error.document} was changed by another process at the same time.`)
    case 'row-mismatch':
      return refusal('retry-later', CONCURRENT, `${error.collection}/${error.key} was changed by another process at the same time.`)
    case 'corrupt':
      return refusal('ask-person', 'store-corrupt', `${error.where}: ${error.message}`)
    default:
      return refusal('retry-later', `store-${error.code}`, SAYS[error.code])
  }
}
