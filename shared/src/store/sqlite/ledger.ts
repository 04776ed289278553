/**
 * What a commit must know of the file, remembered from commit to commit: how many there were, where each home's feed ends, how many
 * updates each document has. While a commit is written it runs ahead of the file; when that commit fails the whole ledger is thrown
 * away, and the next one fills itself from the file.
 */
import { type Identity, lastSequence, lastVersion, readIdentity } from './reads.ts'
import type { Session } from './session.ts'
import { type Meta, readMeta } from './tables.ts'

export interface Head extends Identity {
  version: number
}

/** About 10 MB of heads. Past it they are forgotten all at once: simpler than an order of use, and as rare. */
const MAX_HEADS = 50_000

export class Ledger {
  readonly #session: Session
  readonly #heads = new Map<string, Head>()
  readonly #ends = new Map<string, number>()
  #meta: Meta
  #documents: number

  constructor(session: Session) {
    this.#session = session
    this.#meta = readMeta(session)
    const last = session.sql('SELECT max(number) AS number FROM documents').get()?.number
    this.#documents = typeof last === 'number' ? last : 0
  }

  get generation(): string {
    return this.#meta.generation
  }

  nextCommit(): Meta {
    if (this.#heads.size > MAX_HEADS) this.#heads.clear()
    this.#meta = { ...this.#meta, commits: this.#meta.commits + 1 }
    return this.#meta
  }

  nextSequence(home: string): number {
    const sequence = this.end(home) + 1
    this.#ends.set(home, sequence)
    return sequence
  }

  end(home: string): number {
    const known = this.#ends.get(home)
    if (known !== undefined) return known
    const end = lastSequence(this.#session, home)
    this.#ends.set(home, end)
    return end
  }

  head(document: string): Head | undefined {
    const known = this.#heads.get(document)
    if (known !== undefined) return known
    const identity = readIdentity(this.#session, document)
    return identity && this.#remember(document, { ...identity, version: lastVersion(this.#session, identity) })
  }

  /** A number and a head for a document that has none; its row is the caller's to write. */
  add(document: string, home: string): Head {
    this.#documents += 1
    return this.#remember(document, { number: this.#documents, home, version: 0 })
  }

  #remember(document: string, head: Head): Head {
    this.#heads.set(document, head)
    return head
  }
}
