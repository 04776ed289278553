/**
 * One document in memory: the replica, the state folded from it, and what this turn adds.
 *
 *   loaded ──stage…──▶ staged ──flush──▶ flushed ──committed──▶ loaded
 *                                           └── commit failed: the unit is dropped and read again from the store
 *
 *   U1  `state`, `context` and `position` describe the same prefix of the log; staged entries come after it.
 *   U2  Nothing staged is visible outside the turn before its commit.
 */

import { appendTurn } from '../document/append.ts'
import { alongBranch } from '../document/branch.ts'
import { verifyOn } from '../document/chain.ts'
import {
  type Entry,
  endOf,
  type FreshValues,
  headHex,
  loadReplica,
  openReplica,
  type Place,
  type Position,
  type Replica,
  readTail,
  START,
  ZERO_HEAD,
} from '../document/index.ts'
import type { Append, StoredDocument } from '../ports/store.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { type CodecContext, decodeEntry, EMPTY_CONTEXT, encodeEntry } from '../workflow/codec.ts'
import { drawingOn } from '../workflow/drawing.ts'
import type { LogEntry } from '../workflow/event.ts'
import type { WorkflowState } from '../workflow/state.ts'
import type { HeldRows } from './books.ts'

/** Decided without what has come meanwhile. */
const LOG_MOVED = refusal('retry-later', 'log-moved', 'The log has grown elsewhere while this was decided.')

/** Who writes: one life of a process, and for each home the epoch it was granted. */
export interface Author {
  readonly node: string
  readonly clientId: number
  readonly epochOf: (home: string) => number
  readonly life: number
}

/** How a kind of document's log becomes its state: total, as every fold. */
export type Fold<State> = (state: State | undefined, entry: LogEntry) => State | undefined

export interface BranchEntry<State> {
  readonly segment: string
  readonly index: number
  readonly entry: LogEntry
  readonly before: State | undefined
}

export class Unit<State = WorkflowState> {
  readonly id: string
  readonly home: string
  readonly replica: Replica
  /** Updates the store holds; the version the next commit rests on. */
  version: number
  state: State | undefined
  head: Uint8Array
  rows: HeldRows = { outcome: undefined, open: '', asked: '', conflicts: [] }
  /** What is wanted of its steps. */
  readonly draw = drawingOn()
  readonly #fold: Fold<State>
  readonly #open = (field: Json): Json => this.replica.values.open(field)
  #context: CodecContext = EMPTY_CONTEXT
  #position: Position = START
  #staged: LogEntry[] = []
  #judged: Place[] = []
  #appends: Append[] = []
  /** Entries since the last commit: written here, or read from what came over the link. */
  #news: LogEntry[] = []

  private constructor(id: string, home: string, replica: Replica, version: number, fold: Fold<State>) {
    this.#fold = fold
    this.id = id
    this.home = home
    this.replica = replica
    this.version = version
    this.head = ZERO_HEAD
  }

  /** @param version of a document that was given up and is to be given back; its updates are empty */
  static create<State>(id: string, home: string, clientId: number, fold: Fold<State>, version = 0): Unit<State> {
    return new Unit(id, home, openReplica(clientId), version, fold)
  }

  static load<State>(id: string, stored: StoredDocument, clientId: number, fold: Fold<State>): Result<Unit<State>, Refusal> {
    const replica = loadReplica(clientId, stored.updates)
    if (!replica.ok) return replica
    const unit = new Unit(id, stored.home, replica.value, stored.version, fold)
    const folded = unit.foldNews()
    unit.#news = []
    return folded.ok ? ok(unit) : folded
  }

  /** An update that another process made durable. */
  readOn(update: Uint8Array): Result<boolean, Refusal> {
    this.replica.apply(update)
    this.version += 1
    return this.foldNews()
  }

  /** Folds what the document holds and the state does not; folds all again when the past was cut. A broken chain is refused. @returns whether there was any */
  foldNews(): Result<boolean, Refusal> {
    const verified = verifyOn(this.replica, { head: this.head, position: this.#position })
    if (!verified.ok) return verified
    this.head = verified.value.head
    let tail = readTail(this.replica, this.#position)
    if (tail === 'refold') {
      this.state = undefined
      this.#context = EMPTY_CONTEXT
      this.#news = []
      tail = readTail(this.replica, START)
    }
    if (tail === 'refold') throw new TypeError('reading from the start never refolds')
    if (tail.entries.length > 0 && this.#staged.length > 0) return err(LOG_MOVED)
    for (const coded of tail.entries) {
      const { entry, context } = decodeEntry(coded, this.#context, this.#open)
      this.#context = context
      this.state = this.#fold(this.state, entry)
      this.#news.push(entry)
    }
    this.#position = tail.position
    return ok(tail.entries.length > 0)
  }

  get length(): number {
    return this.#position.length + this.#staged.length
  }

  get position(): Position {
    return this.#position
  }

  get headHex(): string {
    return headHex(this.head)
  }

  get isStaged(): boolean {
    return this.#staged.length > 0 || this.#judged.length > 0 || this.#appends.length > 0
  }

  /** Begun in memory, and nothing came of it so far. */
  get isEmpty(): boolean {
    return this.version === 0 && !this.isStaged
  }

  /** Takes a decision: entries to append, and the state they lead to. */
  stage(entries: readonly LogEntry[], state: State): void {
    for (const entry of entries) this.#staged.push(entry)
    this.state = state
  }

  /** Marks proposals as answered; they leave the document with the verdicts, in one transaction. */
  answer(places: readonly Place[]): void {
    this.#judged.push(...places)
  }

  /** An update that is to be stored as it is: one that came over the link, or a proposal of this node's own. */
  keep(update: Uint8Array, origin: string): void {
    this.#appends.push({ document: this.id, home: this.home, origin, update })
  }

  /** Writes what was staged into the document; gives everything this turn appends to the store, in order. */
  flush(author: Author): Result<readonly Append[], Refusal> {
    if (this.#staged.length > 0 || this.#judged.length > 0) {
      const appended = this.#write(author)
      if (!appended.ok) return appended
      this.keep(appended.value, author.node)
    }
    return ok(this.#appends)
  }

  #write({ epochOf, life }: Author): Result<Uint8Array, Refusal> {
    const coded: Entry[] = []
    const values: FreshValues = new Map()
    const put = (value: Json): Json => this.replica.values.put(value, values)
    let context = this.#context
    for (const entry of this.#staged) {
      const encoded = encodeEntry(entry, context, put)
      coded.push(encoded.coded)
      context = encoded.context
    }
    const appended = appendTurn(this.replica, {
      epoch: epochOf(this.home),
      life,
      head: this.head,
      entries: coded,
      judged: this.#judged,
      values,
    })
    if (!appended.ok) return appended
    this.head = appended.value.head
    this.#position = appended.value.position
    this.#context = context
    for (const entry of this.#staged) this.#news.push(entry)
    this.#staged = []
    this.#judged = []
    return ok(appended.value.update)
  }

  /** @returns the entries that are durable now and were not before, with how many stood before them */
  committed(): { readonly from: number; readonly entries: readonly LogEntry[] } {
    const entries = this.#news
    this.version += this.#appends.length
    this.#staged = []
    this.#judged = []
    this.#appends = []
    this.#news = []
    return { from: this.#position.length - entries.length, entries }
  }

  /** What an author here has seen, to be named as the basis of a proposal. */
  get basis(): Position {
    return endOf(this.replica)
  }

  /** The log by itself. Linear in it. */
  *entries(): Generator<LogEntry> {
    for (const { entry } of this.replay()) yield entry
  }

  /** What stands after so many entries, this turn's own among them. Linear in the log. */
  entriesAfter(length: number): readonly LogEntry[] {
    return [...this.entries(), ...this.#staged].slice(length)
  }

  /** The whole way to the end of a segment that lies beyond a cut: each entry with its place, and the state before it. */
  *replayBranch(name: string): Generator<BranchEntry<State>> {
    let context = EMPTY_CONTEXT
    let before: State | undefined
    for (const { segment, index, entry: coded } of alongBranch(this.replica, name)) {
      const { entry, context: next } = decodeEntry(coded, context, this.#open)
      yield { segment, index, entry, before }
      context = next
      before = this.#fold(before, entry)
    }
  }

  /** The folded log, for history and time travel: each entry with the state it led to. Linear in the log. */
  *replay(): Generator<{ readonly entry: LogEntry; readonly state: State | undefined }> {
    const tail = readTail(this.replica, START)
    if (tail === 'refold') return
    let context = EMPTY_CONTEXT
    let state: State | undefined
    for (const coded of tail.entries) {
      const decoded = decodeEntry(coded, context, this.#open)
      context = decoded.context
      state = this.#fold(state, decoded.entry)
      yield { entry: decoded.entry, state }
    }
  }
}
