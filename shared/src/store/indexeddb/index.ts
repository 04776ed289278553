export { StoreInUse } from '../store-in-use.ts'
export { type IndexedDbStore, type IndexedDbStoreOptions, openIndexedDbStore } from './open.ts'
