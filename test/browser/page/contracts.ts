/** The contract of the `Store` port over the page's own databases, and what the ports of time and chance promise, collected to be run. */
import { openIndexedDbStore } from '@holdfast/shared/store/indexeddb'
import { browserClock, browserRandom } from '@holdfast/shared/system/browser'
import { clockContract, randomContract } from '@holdfast/shared/testing/platform-contract'
import { storeContract } from '@holdfast/shared/testing/store-contract'
import { caseNames, runCase } from './vitest.ts'

const names = new Map<unknown, string>()

const opened = async (name: string, schemas: Parameters<typeof openIndexedDbStore>[0]['schemas']) => {
  const store = await openIndexedDbStore({ name, schemas, random: browserRandom })
  names.set(store, name)
  return store
}

storeContract('indexeddb', {
  open: (schemas) => opened(`contract-${names.size}`, schemas),
  reopen: async (store, schemas) => {
    await store.close()
    return opened(names.get(store) ?? '', schemas)
  },
})

clockContract('browser', browserClock)
randomContract('browser', browserRandom)

Object.assign(globalThis, { caseNames, runCase })
