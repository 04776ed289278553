/**
 * Verifies a node's store: every row of the file, then every log against its hash chain. The node must not be running, for a store has one
 * process at a time; a backup can be verified beside it.
 *
 *   node audit-main.ts STORE.db [--json]        exit 0: all is as it was written        1: it isn't        2: wrong call, or no such store
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type AuditLine, auditStore } from '../engine/audit.ts'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import type { Store } from '../ports/store.ts'
import { type Damage, openSqliteStore, StoreInUse, unopened, verifySqliteFile } from '../store/sqlite/index.ts'
import { systemRandom } from './clock.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } })
const [path] = positionals

const open = (path: string): Store | undefined => {
  // Opening would make an empty store, of which everything is true.
  if (!existsSync(path)) return complain(`${path}: there is no such store`)
  try {
    return openSqliteStore({ path, schemas: ENGINE_SCHEMAS, random: systemRandom })
  } catch (thrown) {
    if (thrown instanceof StoreInUse) return complain(`${path}: in use by a running node; stop it first`)
    return complain(unopened(thrown, path).message)
  }
}

const complain = (problem: string): undefined => {
  console.error(problem)
  process.exitCode = 2
}

const tell = (line: AuditLine): void => {
  if (values.json) console.log(JSON.stringify(line))
  else if (line.problem !== undefined) console.log(`BROKEN  ${line.document} (${line.key}): ${line.problem}`)
}

const tellDamage = ({ where, message }: Damage): void => {
  if (values.json) console.log(JSON.stringify({ where, problem: message }))
  else console.log(`DAMAGED  ${where}: ${message}`)
}

const countDamage = (path: string): number => {
  let damaged = 0
  for (const damage of verifySqliteFile(path)) {
    tellDamage(damage)
    damaged += 1
  }
  return damaged
}

const auditLogs = async (store: Store): Promise<number> => {
  let verified = 0
  let broken = 0
  for await (const line of auditStore(store)) {
    tell(line)
    if (line.problem === undefined) verified += 1
    else broken += 1
  }
  if (!values.json) console.log(`${verified} logs verified, ${broken} broken`)
  return broken
}

const audit = async (path: string): Promise<void> => {
  // Opening it first brings a file of an earlier program up to date.
  await open(path)?.close()
  if (process.exitCode !== undefined) return
  const damaged = countDamage(path)
  const store = open(path)
  if (store === undefined) return
  const broken = await auditLogs(store)
  await store.close()
  process.exitCode = damaged + broken === 0 ? 0 : 1
}

if (path === undefined) complain('usage: audit STORE.db [--json]')
else await audit(path)
