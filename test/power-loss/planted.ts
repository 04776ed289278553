/** Faults put between the store and its disk, which a campaign must find; one that finds none of them proves nothing. */
import type { SqliteDatabase, SqliteHost } from '@holdfast/shared/store/sqlite'

export type Plant = (host: SqliteHost) => SqliteHost

/** The WAL is not synced at a commit; asked, the database says that it is. */
export const syncsTooLittle = changed((database) => ({
  exec: (sql) => database.exec(weaker(sql)),
  prepare: (sql) => database.prepare(sql === 'PRAGMA synchronous' ? 'SELECT 2 AS synchronous' : sql),
}))

/** As a build that reopens a WAL file with NORMAL: it is not hidden. */
export const forgetsThePragma = changed((database) => ({ exec: (sql) => database.exec(weaker(sql)) }))

/** What lies in the WAL at the open is believed, and appended to. */
export const trustsTheWalItFinds = changed((database) => ({
  prepare: (sql) => database.prepare(sql === 'PRAGMA wal_checkpoint(TRUNCATE)' ? 'SELECT 0 AS busy' : sql),
}))

/** As SQLite does by itself: a commit begins in the sector where the one before it ends. */
export const trustsTheSector: Plant = (host) => ({ ...host, open: (uri) => host.open(uri.replace('psow=0', 'psow=1')) })

/** After a failed sync, frames that may never have been written stay in the WAL. */
export const keepsTheUnsynced: Plant = (host) => ({ ...host, truncate: () => undefined })

/** A file's name is taken for safe once the file has been synced. */
export const trustsNames: Plant = (host) => ({ ...host, syncFolderOf: () => undefined })

const weaker = (sql: string): string => sql.replace('synchronous=FULL', 'synchronous=NORMAL')

type Changes = (database: SqliteDatabase) => Partial<SqliteDatabase>

function changed(changes: Changes): Plant {
  return (host) => ({ ...host, open: (uri) => withChanges(host.open(uri), changes) })
}

const withChanges = (database: SqliteDatabase, changes: Changes): SqliteDatabase => ({
  get isTransaction() {
    return database.isTransaction
  },
  exec: (sql) => database.exec(sql),
  prepare: (sql) => database.prepare(sql),
  close: () => database.close(),
  ...changes(database),
})
