/** The contract of the `Store` port, collected to be run in the page over its own databases. */
import { openIndexedDbStore } from '@holdfast/shared/store/indexeddb'
import { browserRandom } from '@holdfast/shared/system/browser'
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

Object.assign(globalThis, { caseNames, runCase })
