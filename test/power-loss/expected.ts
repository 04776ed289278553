/**
 * What a store must hold: every acknowledged batch, in order, and after it at most the one whose answer nobody heard, whole.
 *
 *   whole    that, and nothing else               short     an earlier acknowledged state: the last commits are gone
 *   mixed    no state that the store ever was in
 *
 * The reference is the memory store, which passes the same contract.
 */
import type { Batch, Store } from '@holdfast/shared/ports'
import { openMemoryStore } from '@holdfast/shared/store/memory'
import { imageOf, SCHEMAS } from './image.ts'

export type Verdict = { readonly found: 'whole' } | { readonly found: 'short'; readonly lost: number } | { readonly found: 'mixed' }

const reference = (): Store => openMemoryStore({ schemas: SCHEMAS, generation: 'reference' })

export class Expected {
  readonly #acknowledged: Batch[] = []
  #reference = reference()
  #unheard: Batch | undefined

  get commits(): number {
    return this.#acknowledged.length
  }

  async acknowledged(batch: Batch): Promise<void> {
    const applied = await this.#reference.commit(batch)
    if (!applied.ok) throw new Error(`the reference refuses what the store took: ${applied.error.code}`)
    this.#acknowledged.push(batch)
  }

  /** Its answer is not known: it may be there or not, until the store is looked at. */
  unheard(batch: Batch): void {
    this.#unheard = batch
  }

  /** Looks, and from then on holds the store to what it has shown. */
  async judge(image: string): Promise<Verdict> {
    const unheard = this.#unheard
    this.#unheard = undefined
    if (image === (await imageOf(this.#reference))) return { found: 'whole' }
    if (unheard !== undefined) {
      await this.acknowledged(unheard)
      if (image === (await imageOf(this.#reference))) return { found: 'whole' }
      this.#acknowledged.pop()
    }
    return this.#earlier(image)
  }

  /** From here on, only so many count. */
  async forgetAfter(commits: number): Promise<void> {
    const kept = this.#acknowledged.splice(0).slice(0, commits)
    this.#reference = reference()
    for (const batch of kept) await this.acknowledged(batch)
  }

  async #earlier(image: string): Promise<Verdict> {
    const replayed = reference()
    for (const [index, batch] of this.#acknowledged.entries()) {
      if (image === (await imageOf(replayed))) return { found: 'short', lost: this.commits - index }
      await replayed.commit(batch)
    }
    return { found: 'mixed' }
  }
}
