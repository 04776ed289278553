/**
 * The one door to durable state. A node owns one store; every adapter (memory, SQLite, IndexedDB, PostgreSQL) passes the same
 * contract suite, `testing/store-contract.ts`.
 *
 * It holds two things:
 *   documents    each an ordered list of opaque updates and a version, which is the number of updates ever appended to it
 *   collections  declared projections: JSON rows by key, with declared indices; filters use only these
 *
 * Guarantees:
 *   S1  `commit` is all or nothing, and durable (fsync) before its promise resolves; one that rejects or returns an error changed nothing,
 *       except `unknown-outcome`, after which the caller must reload.
 *   S2  An `expected` version that does not match fails the whole commit with `version-mismatch`.
 *   S3  Every appended update gets the next number of its home's feed: gap-free, in commit order, starting at 1. All appends of one
 *       commit form a group, carry the commit's number, and are visible in the feed together or not at all.
 *   S4  `generation` names this life of the data; a restore from backup or a new store has another one.
 *   S5  A row or update whose stored bytes changed is never returned: reading it fails with `corrupt` naming the place.
 *   S6  Commits are applied in the order they were called; reads see every commit that has resolved.
 *   S7  A feed shows nothing that a crash could take back: what it shows may be sent to others.
 *   S8  Archiving a document changes nothing that is read; it is a hint that little will be, so an adapter may take less room for it.
 *   S9  An erased document keeps its version and its places in the feed, and all its updates are empty from then on.
 *   S10 A believed row that holds another value fails the whole commit with `row-mismatch`. Versions tell of documents; this is for rows
 *       that are written from what was read before, on a store that others write to as well.
 */
import type { Json } from '../values/json.ts'
import type { Result } from '../values/result.ts'

export interface Append {
  readonly document: string
  readonly home: string
  /** The node this update came from; a feed reader skips what came from the peer it feeds. */
  readonly origin: string
  readonly update: Uint8Array
}

export interface Put {
  readonly collection: string
  readonly key: string
  readonly value: Json
}

export interface Removal {
  readonly collection: string
  readonly key: string
}

/** A row as the caller read it; without a value, there was none. Values are compared as JSON. */
export interface Belief {
  readonly collection: string
  readonly key: string
  readonly value?: Json | undefined
}

export interface Batch {
  readonly appends: readonly Append[]
  readonly puts: readonly Put[]
  readonly removals: readonly Removal[]
  /** Versions the caller's decision rests on: document → number of updates it had seen. */
  readonly expected: ReadonlyMap<string, number>
  /** Rows the caller's decision rests on (S10). */
  readonly believed?: readonly Belief[]
  /** Documents to be archived (S8), and to be erased (S9); none of them is appended to in the same batch. */
  readonly archive?: readonly string[]
  readonly erase?: readonly string[]
}

export interface StoredDocument {
  readonly home: string
  readonly version: number
  /** Applying all in order gives the document. */
  readonly updates: readonly Uint8Array[]
}

export interface FeedEntry {
  readonly sequence: number
  /** Number of the commit; entries of one commit share it and stand together. */
  readonly group: number
  readonly document: string
  readonly origin: string
  readonly update: Uint8Array
}

/** Index fields are top-level members of the row's value: strings, numbers or booleans. */
export interface CollectionSchema {
  readonly name: string
  readonly indices: readonly string[]
}

export interface Query {
  /** Rows whose indexed field equals the value; without it, all rows. */
  readonly where?: { readonly index: string; readonly equals: string | number | boolean }
  /** Rows with a key strictly greater, in code-unit order of UTF-8 bytes. */
  readonly afterKey?: string
  readonly limit: number
}

export interface Row {
  readonly key: string
  readonly value: Json
}

export type StoreError =
  | { readonly code: 'version-mismatch'; readonly document: string; readonly expected: number; readonly found: number }
  | { readonly code: 'row-mismatch'; readonly collection: string; readonly key: string }
  /** `unavailable`: the database behind it does not answer; the commit changed nothing. */
  | { readonly code: 'disk-full' | 'read-only' | 'unavailable' | 'unknown-outcome' | 'closed'; readonly message: string }
  | { readonly code: 'corrupt'; readonly where: string; readonly message: string }

/** Reads throw this where S5 or the disk stops them; commits return a `StoreError` instead. */
export class StoreFailure extends Error {
  readonly reason: StoreError
  constructor(reason: StoreError) {
    super(reason.code === 'corrupt' ? `store: corrupt at ${reason.where}: ${reason.message}` : `store: ${reason.code}`)
    this.name = 'StoreFailure'
    this.reason = reason
  }
}

export interface Store {
  readonly generation: string
  commit(batch: Batch): Promise<Result<{ readonly group: number }, StoreError>>
  document(id: string): Promise<StoredDocument | undefined>
  get(collection: string, key: string): Promise<Json | undefined>
  /** Rows in key order. */
  list(collection: string, query: Query): Promise<readonly Row[]>
  /** Feed entries of a home after a sequence number, oldest first; never ends inside a group unless the group alone exceeds `limit`, when it is returned whole. */
  feed(home: string, after: number, limit: number): Promise<readonly FeedEntry[]>
  /** The last number of a home's feed, 0 when empty. */
  feedEnd(home: string): Promise<number>
  close(): Promise<void>
}
