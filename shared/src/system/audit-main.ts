/**
 * Verifies every log in a node's store; the node must not be running, for a store has one process at a time.
 *
 *   node audit-main.ts STORE.db [--json]        exit 0: every chain holds        1: some don't        2: wrong call, or no such store
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type AuditLine, auditStore } from '../engine/audit.ts'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import type { Store } from '../ports/store.ts'
import { openSqliteStore, StoreInUse, unopened } from '../store/sqlite/index.ts'
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

const audit = async (store: Store): Promise<void> => {
  let verified = 0
  let broken = 0
  for await (const line of auditStore(store)) {
    tell(line)
    if (line.problem === undefined) verified += 1
    else broken += 1
  }
  await store.close()
  if (!values.json) console.log(`${verified} logs verified, ${broken} broken`)
  process.exitCode = broken === 0 ? 0 : 1
}

const store = path === undefined ? complain('usage: audit STORE.db [--json]') : open(path)
if (store !== undefined) await audit(store)
