/**
 * `audit verify` (D6): every workflow's hash chain is computed again from its document and compared with the head that the store kept
 * beside it. Any cut, change or swap of entries is found, and named. Of a home's own document, who came and went, the store keeps no
 * head: its chain vouches for all but its last run. Large values are vouched for by the entries that name them by their hash.
 */
import { headHex, loadReplica, type Verified, verifyChain } from '../document/index.ts'
import { type Store, StoreFailure } from '../ports/store.ts'
import { homeDocumentOf } from '../values/ids.ts'
import { err, type Result } from '../values/result.ts'
import { missingValue } from './missing-value.ts'
import { GONE, parseGone } from './retired.ts'
import { rowsOf } from './rows.ts'
import { isSummary, type Summary, WORKFLOWS } from './summary.ts'

export interface AuditLine {
  readonly document: string
  /** A workflow's key, or the home whose document it is. */
  readonly key: string
  readonly entries: number
  readonly head: string
  /** What is wrong; absent when the chain holds. */
  readonly problem?: string
  /** Deleted: this is what was kept of it. */
  readonly gone?: true
}

/** One line a workflow, in the order of ids, then one a home. A document that can't be read is a line with a problem, not the end. */
export async function* auditStore(store: Store): AsyncGenerator<AuditLine> {
  const homes = new Set<string>()
  const damaged: string[] = []
  for await (const { value } of rowsOf(store, WORKFLOWS, (key) => damaged.push(key))) {
    if (!isSummary(value)) continue
    homes.add(value.facility)
    yield await auditOne(store, value)
  }
  for (const document of damaged) yield { document, key: '', entries: 0, head: '', problem: 'its row is damaged' }
  yield* goneLines(store)
  for (const home of [...homes].sort()) yield* auditHome(store, home)
}

const auditOne = async (store: Store, summary: Summary): Promise<AuditLine> => {
  const { id: document, key, length: entries, head } = summary
  const problem = await problemOf(store, summary)
  return problem === undefined ? { document, key, entries, head } : { document, key, entries, head, problem }
}

const problemOf = async (store: Store, { id, length, head }: Summary): Promise<string | undefined> => {
  const verified = await verify(store, id)
  if (verified === undefined) return 'its document is gone'
  if (!verified.ok) return verified.error
  const { position } = verified.value
  if (position.length !== length) return `its log has ${position.length} entries, and had ${length}`
  // A workflow only proposed so far has no log and no head.
  return length > 0 && headHex(verified.value.head) !== head ? 'its entries are not the ones that were written' : undefined
}

/** Of what was deleted only the head is left: it vouches for whatever copy is kept elsewhere. */
async function* goneLines(store: Store): AsyncGenerator<AuditLine> {
  for await (const { key: document, value } of rowsOf(store, GONE)) {
    const gone = parseGone(value)
    if (gone !== undefined) yield { document, key: gone.key, entries: gone.length, head: gone.head, gone: true }
  }
}

/** A home where no agent has been yet has no document. */
async function* auditHome(store: Store, home: string): AsyncGenerator<AuditLine> {
  const document = homeDocumentOf(home)
  const verified = await verify(store, document)
  if (verified === undefined) return
  if (verified.ok) yield { document, key: home, entries: verified.value.position.length, head: headHex(verified.value.head) }
  else yield { document, key: home, entries: 0, head: '', problem: verified.error }
}

const verify = async (store: Store, id: string): Promise<Result<Verified, string> | undefined> => {
  try {
    const stored = await store.document(id)
    if (stored === undefined) return undefined
    const replica = loadReplica(0, stored.updates)
    if (!replica.ok) return err(replica.error.message)
    const verified = verifyChain(replica.value)
    if (!verified.ok) return err(verified.error.message)
    const missing = missingValue(replica.value)
    return missing === undefined ? verified : err(`its value ${missing.$value} is not there, or is not the one that was written`)
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.reason.code === 'corrupt') return err(`${thrown.reason.where}: ${thrown.reason.message}`)
    throw thrown
  }
}
