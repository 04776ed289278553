export { StoreInUse } from './errors.ts'
export { openSqliteStore, type SqliteStoreOptions } from './open.ts'
