/**
 * One commit, until its outcome is known.
 *
 *   trying ──COMMIT answered──▶ ok
 *     │ ▲──serialization failure, deadlock: nothing was done, again
 *     ├──the connection or the server failed before COMMIT──▶ `unavailable`
 *     ╰──COMMIT sent, no answer──▶ asking the server what became of the transaction, by its id
 *                                    ├─ committed ──▶ ok        ├─ aborted ──▶ trying again
 *                                    ╰─ nobody can say ──▶ `unknown-outcome`
 *
 * The server keeps the fate of a transaction for longer than anybody waits here, also through its own crash.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../ports/random.ts'
import type { Batch } from '../../ports/store.ts'
import { err, ok } from '../../values/result.ts'
import type { Declared } from '../declared.ts'
import { type Written, writeBatch } from './commit.ts'
import { OutcomeUnknown, type PostgresDatabase } from './database.ts'
import { isWorthAgain, writeError } from './errors.ts'

const MAX_TRIES = 8
const MAX_ASKS = 6
const FIRST_WAIT_MS = 4
/** As long as a server takes that starts again at once. */
const FIRST_ASK_WAIT_MS = 50

interface Transaction {
  readonly id: string
  readonly group: number
}

export class Committer {
  readonly #database: PostgresDatabase
  readonly #declared: Declared
  readonly #random: Random

  constructor(database: PostgresDatabase, declared: Declared, random: Random) {
    this.#database = database
    this.#declared = declared
    this.#random = random
  }

  async commit(batch: Batch): Promise<Written> {
    for (let attempt = 1; ; attempt += 1) {
      const tried = await this.#try(batch)
      if ('outcome' in tried) return tried.outcome
      if (attempt >= MAX_TRIES) return this.#giveUp(tried.again)
      await this.#wait(FIRST_WAIT_MS, attempt)
    }
  }

  async #try(batch: Batch): Promise<{ readonly outcome: Written } | { readonly again: unknown }> {
    let transaction: Transaction | undefined
    const note = (id: string, group: number): void => {
      transaction = { id, group }
    }
    try {
      return { outcome: await this.#database.transaction((sql) => writeBatch(sql, this.#declared, batch, note)) }
    } catch (error) {
      if (isWorthAgain(error)) return { again: error }
      if (!(error instanceof OutcomeUnknown) || transaction === undefined) return { outcome: this.#giveUp(error) }
      return this.#ask(transaction, error)
    }
  }

  async #ask({ id, group }: Transaction, unheard: OutcomeUnknown): Promise<{ readonly outcome: Written } | { readonly again: unknown }> {
    for (let attempt = 1; attempt <= MAX_ASKS; attempt += 1) {
      const status = await this.#statusOf(id)
      if (status === 'committed') return { outcome: ok({ group }) }
      if (status === 'aborted') return { again: unheard.cause }
      await this.#wait(FIRST_ASK_WAIT_MS, attempt)
    }
    return { outcome: this.#giveUp(unheard) }
  }

  /** Nothing while the server can't be asked, or no longer knows; `in progress` while its end of the broken connection still works on it. */
  async #statusOf(id: string): Promise<unknown> {
    try {
      const [row] = await this.#database.rows('SELECT pg_xact_status($1::text::xid8) AS status', [id])
      return row?.status
    } catch {
      return undefined
    }
  }

  #giveUp(error: unknown): Written {
    const reason = writeError(error)
    if (reason === undefined) throw error
    return err(reason)
  }

  /** Twice as long each time, give or take a half, so that two who met do not meet again. */
  #wait(firstMs: number, attempt: number): Promise<void> {
    const share = 0.5 + this.#random.u32() / 2 ** 32
    return sleep(firstMs * 2 ** (attempt - 1) * share)
  }
}
