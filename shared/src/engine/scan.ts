/**
 * What this node's store holds of a home, document by document, read afresh: what was lost or damaged on the disk must show, so nothing
 * that is in memory is asked.
 */
import { loadReplica, type Print, printOf, type Replica } from '../document/index.ts'
import type { Held } from '../link/index.ts'
import { type Store, StoreFailure } from '../ports/store.ts'
import { homeDocumentOf } from '../values/ids.ts'
import { rowsOf } from './rows.ts'
import { isSummary, WORKFLOWS } from './summary.ts'

export interface Copy {
  readonly replica: Replica
  readonly print: Print
}

/** Writes nothing, so its id does not matter. */
const READER = 0
/** Documents between two pauses, in which the node does what else it has to do. */
const AT_ONCE = 20
/** The print of what is there and can't be read: like nothing that anybody else holds. */
const DAMAGED = 'damaged'

/** Undefined when there is nothing, or nothing is left of it. */
export const copyOf = async (store: Store, document: string): Promise<Copy | 'damaged' | undefined> => {
  try {
    const stored = await store.document(document)
    if (stored === undefined || stored.updates.every(({ length }) => length === 0)) return undefined
    const loaded = loadReplica(READER, stored.updates)
    return loaded.ok ? { replica: loaded.value, print: printOf(loaded.value) } : DAMAGED
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.reason.code === 'corrupt') return DAMAGED
    throw thrown
  }
}

export const printText = ({ shape, content }: Print): string => `${shape}.${content}`

export const scanHome = async (store: Store, home: string, pause: () => Promise<void>): Promise<readonly Held[]> => {
  const documents = [homeDocumentOf(home)]
  for await (const { value } of rowsOf(store, WORKFLOWS, () => {}))
    if (isSummary(value) && value.facility === home) documents.push(value.id)
  const held: Held[] = []
  for (const [index, document] of documents.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await pause()
    const copy = await copyOf(store, document)
    if (copy !== undefined) held.push({ document, print: copy === DAMAGED ? DAMAGED : printText(copy.print) })
  }
  return held
}
