/**
 * The contract of the `Store` port as tests, numbered by its rules S1 … S10. Every adapter runs it:
 *
 *   storeContract('memory', { open: (schemas) => openMemoryStore({ schemas, generation: … }) })
 */
import { describe } from 'vitest'
import { beliefsContract } from './store-contract/beliefs.ts'
import { collectionsContract } from './store-contract/collections.ts'
import { commitsContract } from './store-contract/commits.ts'
import { feedContract } from './store-contract/feed.ts'
import { lifeContract } from './store-contract/life.ts'
import { retiredContract } from './store-contract/retired.ts'
import type { StoreSubject } from './store-contract/subject.ts'

export { append, batchOf, put, SCHEMAS, type StoreSubject } from './store-contract/subject.ts'

export const storeContract = (name: string, subject: StoreSubject): void => {
  describe(`${name} store`, () => {
    commitsContract(subject)
    collectionsContract(subject)
    feedContract(subject)
    lifeContract(subject)
    retiredContract(subject)
    beliefsContract(subject)
  })
}
