export { StoreInUse } from '../store-in-use.ts'
export type { SqliteDatabase, SqliteHost, SqliteStatement, SqlRow, SqlValue } from './database.ts'
export { openSqliteStore, type SqliteStoreOptions } from './open.ts'
export type { SessionOptions } from './session.ts'
