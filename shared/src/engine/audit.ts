/**
 * `audit verify` (D6): every workflow's hash chain is computed again from its document and compared with the head that the store kept
 * beside it. Any cut, change or swap of entries is found, and named.
 */
import { headHex, loadReplica, verifyChain } from '../document/index.ts'
import { type Store, StoreFailure } from '../ports/store.ts'
import { isSummary, type Summary, WORKFLOWS } from './summary.ts'

export interface AuditLine {
  readonly workflow: string
  readonly key: string
  readonly entries: number
  readonly head: string
  /** What is wrong; absent when the chain holds. */
  readonly problem?: string
}

const PAGE = 500

/** One line a workflow, in the order of ids. A document that can't be read is a line with a problem, not the end of the audit. */
export async function* auditStore(store: Store): AsyncGenerator<AuditLine> {
  let afterKey: string | undefined
  for (;;) {
    const rows = await store.list(WORKFLOWS, { limit: PAGE, ...(afterKey === undefined ? {} : { afterKey }) })
    for (const { value } of rows) if (isSummary(value)) yield await auditOne(store, value)
    afterKey = rows.at(-1)?.key
    if (rows.length < PAGE) return
  }
}

const auditOne = async (store: Store, summary: Summary): Promise<AuditLine> => {
  const { id: workflow, key, length: entries, head } = summary
  const problem = await problemOf(store, summary)
  return problem === undefined ? { workflow, key, entries, head } : { workflow, key, entries, head, problem }
}

const problemOf = async (store: Store, { id, length, head }: Summary): Promise<string | undefined> => {
  try {
    const stored = await store.document(id)
    if (stored === undefined) return 'its document is gone'
    const replica = loadReplica(0, stored.updates)
    if (!replica.ok) return replica.error.message
    const verified = verifyChain(replica.value)
    if (!verified.ok) return verified.error.message
    const { position } = verified.value
    if (position.length !== length) return `its log has ${position.length} entries, and had ${length}`
    // A workflow only proposed so far has no log and no head.
    return length > 0 && headHex(verified.value.head) !== head ? 'its entries are not the ones that were written' : undefined
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.reason.code === 'corrupt') return `${thrown.reason.where}: ${thrown.reason.message}`
    throw thrown
  }
}
