/**
 * One copy of one document: a `Y.Doc` that writes under one fixed client id.
 *
 * Bytes are Yjs V1 updates. `apply` trusts its bytes: they come from this node's own store, or have passed the guard. If it throws, the
 * copy may be half changed and must be dropped and loaded again.
 */
import * as Y from 'yjs'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { KeptValues } from './kept-values.ts'
import { LogIndex } from './log-index.ts'

/** Carries no client's id. Yjs gives itself a new random id when an update carries its own, which loading after an eviction always does. */
const NOBODY = -1
const EMPTY_UPDATE = new Uint8Array([0, 0])

export class Replica {
  readonly clientId: number
  readonly doc: Y.Doc
  readonly log: LogIndex
  readonly values: KeptValues

  constructor(clientId: number) {
    this.clientId = clientId
    this.doc = new Y.Doc({ gc: true, guid: '' })
    this.doc.clientID = clientId
    this.log = new LogIndex(this.doc)
    this.values = new KeptValues(this.doc)
  }

  apply(update: Uint8Array): void {
    this.applyAll([update])
  }

  /** As one Yjs transaction: merging runs of elements once is much cheaper than after every update. */
  applyAll(updates: readonly Uint8Array[]): void {
    this.doc.clientID = NOBODY
    try {
      this.doc.transact(() => {
        // One that is empty was erased, or given up and given back by a later one.
        for (const update of updates) if (update.length > 0) Y.applyUpdate(this.doc, update)
      })
    } finally {
      this.doc.clientID = this.clientId
    }
  }

  /** Runs `write` as one transaction and returns its update. */
  change(write: () => void): Uint8Array {
    let captured: Uint8Array = EMPTY_UPDATE
    const capture = (update: Uint8Array): void => {
      captured = update
    }
    this.doc.on('update', capture)
    try {
      this.doc.transact(write)
    } finally {
      this.doc.off('update', capture)
    }
    return captured
  }

  /** Whether something was applied that rests on what is not here. */
  get pending(): boolean {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null
  }

  /** Whether something of this client's is here. */
  knows(client: number): boolean {
    return this.doc.store.clients.has(client)
  }

  encode(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc)
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.doc)
  }

  /** What a holder of that state vector lacks; for repair only. */
  encodeSince(stateVector: Uint8Array): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc, stateVector)
  }
}

export const openReplica = (clientId: number): Replica => new Replica(clientId)

/** A document from its stored updates, in any order. What can't be applied in full is corrupt: nothing incomplete is ever stored. */
export const loadReplica = (clientId: number, updates: readonly Uint8Array[]): Result<Replica, Refusal> => {
  const replica = openReplica(clientId)
  try {
    replica.applyAll(updates)
  } catch (cause) {
    return err(refusal('ask-person', 'document-corrupt', `An update can't be applied: ${String(cause)}`))
  }
  if (replica.pending) return err(refusal('ask-person', 'document-corrupt', 'Updates that others rest on are missing.'))
  return ok(replica)
}
