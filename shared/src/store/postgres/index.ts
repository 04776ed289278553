export type { PostgresDatabase, Sql, SqlRow, SqlValue } from './database.ts'
export { type Unopened, unopened } from './errors.ts'
export { openPostgresStore, type PostgresStoreOptions } from './open.ts'
export { openPool, type PoolOptions } from './pool.ts'
