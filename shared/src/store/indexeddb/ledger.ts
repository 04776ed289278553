/**
 * What a commit must know of the database, remembered from commit to commit: how many there were, where each home's feed ends, how many
 * updates each document has. While a commit is written it runs ahead of the database, and nobody but that commit has it; when the commit
 * fails it is thrown away, and the next one fills itself.
 */
import { lastSequence, lastVersion, readHome } from './reads.ts'
import type { Session } from './session.ts'
import type { Meta } from './tables.ts'

export interface Head {
  readonly home: string
  version: number
}

/** About 10 MB of heads. Past it they are forgotten all at once: simpler than an order of use, and as rare. */
const MAX_HEADS = 50_000

export class Ledger {
  readonly #heads = new Map<string, Head>()
  readonly #ends = new Map<string, number>()
  #meta: Meta

  constructor(meta: Meta) {
    this.#meta = meta
  }

  /** Reads what it doesn't remember, all at once, inside the commit's own transaction. */
  async fill(session: Session, documents: Iterable<string>, homes: Iterable<string>): Promise<void> {
    if (this.#heads.size > MAX_HEADS) this.#heads.clear()
    const unknown = [...new Set(documents)].filter((document) => !this.#heads.has(document))
    const unread = [...new Set(homes)].filter((home) => !this.#ends.has(home))
    await Promise.all(unknown.map((document) => this.#readHead(session, document)))
    for (const home of unread) this.#ends.set(home, await lastSequence(session, home))
  }

  nextCommit(): Meta {
    this.#meta = { ...this.#meta, commits: this.#meta.commits + 1 }
    return this.#meta
  }

  nextSequence(home: string): number {
    const sequence = (this.#ends.get(home) ?? 0) + 1
    this.#ends.set(home, sequence)
    return sequence
  }

  head(document: string): Head | undefined {
    return this.#heads.get(document)
  }

  /** A head for a document that has none; its row is the caller's to write. */
  add(document: string, home: string): Head {
    const head = { home, version: 0 }
    this.#heads.set(document, head)
    return head
  }

  async #readHead(session: Session, document: string): Promise<void> {
    const home = await readHome(session, document)
    if (home !== undefined) this.#heads.set(document, { home, version: await lastVersion(session, document) })
  }
}
