/**
 * One commit, until its outcome is known.
 *
 *   trying ──COMMIT answered──▶ ok
 *     │ ▲──serialization failure, deadlock: nothing was done, again
 *     ├──the connection or the server failed before COMMIT──▶ `unavailable`
 *     ╰──COMMIT sent, no answer──▶ asking the server, once the transaction is over: is its token there?
 *                                    ├─ yes ──▶ ok        ├─ no ──▶ trying again
 *                                    ╰─ nobody can say ──▶ `unknown-outcome`
 *
 * The transaction's id alone does not tell: one that was lost in a crash leaves no trace, and the server then gives its id to another.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../ports/random.ts'
import type { Batch } from '../../ports/store.ts'
import { err, ok } from '../../values/result.ts'
import type { Declared } from '../declared.ts'
import { type Written, writeBatch } from './commit.ts'
import { OutcomeUnknown, type PostgresDatabase } from './database.ts'
import { isUnheardOf, isWorthAgain, writeError } from './errors.ts'

const MAX_TRIES = 8
const TOKEN_WORDS = 4
const MAX_ASKS = 6
const FIRST_WAIT_MS = 4
/** As long as a server takes that starts again at once. */
const FIRST_ASK_WAIT_MS = 50

interface Transaction {
  readonly token: string
  readonly id: string
  readonly group: number
}

export class Committer {
  readonly #database: PostgresDatabase
  readonly #declared: Declared
  readonly #random: Random
  /** Of commits whose outcome is known; the next commit takes them away. */
  #heard: string[] = []

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
    const mark = { token: this.#newToken(), heard: this.#heard.splice(0) }
    const note = (id: string, group: number): void => {
      transaction = { token: mark.token, id, group }
    }
    try {
      const outcome = await this.#database.transaction((sql) => writeBatch(sql, this.#declared, batch, mark, note))
      this.#heard.push(mark.token)
      return { outcome }
    } catch (error) {
      this.#heard.push(...mark.heard)
      if (isWorthAgain(error)) return { again: error }
      if (!(error instanceof OutcomeUnknown) || transaction === undefined) return { outcome: this.#giveUp(error) }
      return this.#ask(transaction, error)
    }
  }

  async #ask(
    { token, id, group }: Transaction,
    unheard: OutcomeUnknown,
  ): Promise<{ readonly outcome: Written } | { readonly again: unknown }> {
    for (let attempt = 1; attempt <= MAX_ASKS; attempt += 1) {
      const wentThrough = await this.#wentThrough(token, id)
      if (wentThrough === true) {
        this.#heard.push(token)
        return { outcome: ok({ group }) }
      }
      if (wentThrough === false) return { again: unheard.cause }
      await this.#wait(FIRST_ASK_WAIT_MS, attempt)
    }
    return { outcome: this.#giveUp(unheard) }
  }

  /** Undefined while the server can't be asked, or its end of the broken connection may still be at work on it. */
  async #wentThrough(token: string, id: string): Promise<boolean | undefined> {
    try {
      if (await this.#isUnderWay(id)) return undefined
      const found = await this.#database.rows('SELECT 1 FROM outcomes WHERE token = $1', [token])
      return found.length > 0
    } catch {
      return undefined
    }
  }

  async #isUnderWay(id: string): Promise<boolean> {
    try {
      const [found] = await this.#database.rows('SELECT pg_xact_status($1::text::xid8) AS status', [id])
      return found?.status === 'in progress'
    } catch (error) {
      if (isUnheardOf(error)) return false
      throw error
    }
  }

  #newToken(): string {
    return Array.from({ length: TOKEN_WORDS }, () => this.#random.u32().toString(16).padStart(8, '0')).join('')
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
