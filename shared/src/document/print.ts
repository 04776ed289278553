/**
 * A short print of what a copy holds: equal prints mean equal documents, whatever way each copy came by its updates.
 *
 *   shape     which items are here and which of them are deleted: a Yjs snapshot, which is written in a fixed order
 *   content   what they say: the head of the log's chain, and the waiting proposals, fields and notes themselves
 *
 * Equal shapes with unequal contents are a fork: the same client wrote different things under the same clock, or bytes were changed.
 */
import * as Y from 'yjs'
import { bytesToHex, sha256Behind, sha256Hex } from '../values/hash.ts'
import { canonicalJson, type Json } from '../values/json.ts'
import { verifyChain } from './chain.ts'
import { FIELDS, readNotes } from './fields.ts'
import { headHex } from './head.ts'
import { PROPOSALS } from './proposals.ts'
import type { Replica } from './replica.ts'

const DIGITS = 16

export interface Print {
  readonly shape: string
  readonly content: string
}

export const printOf = (replica: Replica): Print => ({
  shape: bytesToHex(sha256Behind(Y.encodeSnapshot(Y.snapshot(replica.doc)), '')).slice(0, DIGITS),
  content: sha256Hex(canonicalJson(contentOf(replica))).slice(0, DIGITS),
})

/** Whether a copy with that state vector lacks items that are here. Deletions don't show in it. */
export const hasMoreThan = (replica: Replica, stateVector: Uint8Array): boolean => {
  const theirs = Y.decodeStateVector(stateVector)
  return [...Y.snapshot(replica.doc).sv].some(([client, clock]) => clock > (theirs.get(client) ?? 0))
}

const contentOf = (replica: Replica): Json => {
  const chain = verifyChain(replica)
  return {
    head: chain.ok ? headHex(chain.value.head) : chain.error.code,
    proposals: replica.doc.getArray<Json>(PROPOSALS).toArray(),
    fields: Object.fromEntries(replica.doc.getMap<Json>(FIELDS).entries()),
    notes: readNotes(replica),
  }
}
