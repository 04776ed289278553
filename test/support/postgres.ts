/** The server for the tests of the PostgreSQL store: Debian's own, installed where that is possible. Tests start one of their own from it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { postgresPrograms } from '@holdfast/shared/testing/postgres-server'
import { aptInstall } from './apt.ts'

const SETTINGS = '/etc/postgresql-common/createcluster.d'

export const ensurePostgres = (): boolean => {
  if (postgresPrograms() !== undefined) return true
  if (process.getuid?.() === 0) keepFromRunning()
  return aptInstall('postgresql', 'the tests that need a real server') && postgresPrograms() !== undefined
}

/** The package would start a server of its own. */
const keepFromRunning = (): void => {
  mkdirSync(SETTINGS, { recursive: true })
  writeFileSync(`${SETTINGS}/holdfast-tests.conf`, 'create_main_cluster = false\n')
}
