/**
 * Verifies every log in a node's store; the node must not be running, for a store has one process at a time.
 *
 *   node audit-main.ts STORE.db [--json]        exit 0: every chain holds        1: some don't        2: wrong call
 */
import { parseArgs } from 'node:util'
import { type AuditLine, auditStore } from '../engine/audit.ts'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import { systemRandom } from './clock.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } })
const [path] = positionals

const tell = (line: AuditLine): void => {
  if (values.json) console.log(JSON.stringify(line))
  else if (line.problem !== undefined) console.log(`BROKEN  ${line.workflow} (${line.key}): ${line.problem}`)
}

if (path === undefined) {
  console.error('usage: audit STORE.db [--json]')
  process.exitCode = 2
} else {
  const store = openSqliteStore({ path, schemas: ENGINE_SCHEMAS, random: systemRandom })
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
