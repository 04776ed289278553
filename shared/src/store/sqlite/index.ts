export type { SqliteDatabase, SqliteHost, SqliteStatement, SqlRow, SqlValue } from './database.ts'
export { StoreInUse } from './errors.ts'
export { openSqliteStore, type SqliteStoreOptions } from './open.ts'
export type { SessionOptions } from './session.ts'
