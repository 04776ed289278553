import type { StoreError } from '../ports/store.ts'
import { type Refusal, refusal } from '../values/refusal.ts'

/** What whoever put something in does about a store that fails. */
export const storeRefusal = (error: StoreError): Refusal => {
  switch (error.code) {
    case 'version-mismatch':
      return refusal('retry-later', 'concurrent-change', `${error.document} was changed by another process at the same time.`)
    case 'corrupt':
      return refusal('ask-person', 'store-corrupt', `${error.where}: ${error.message}`)
    default:
      return refusal('retry-later', `store-${error.code}`, error.message)
  }
}
