/**
 * One document that two ends hold differently, at one of them: what the other lacks is written into this node's feed again, as one
 * delta, and so reaches it like any other update: bounded, in order, acknowledged, judged by its guard.
 *
 *   the other has nothing readable ──▶ the whole state            lacks items ──▶ what it lacks           lacks deletions only ──▶ those
 *   this copy is damaged           ──▶ discarded, to be given back by the other
 *   same items, other content      ──▶ forked: neither is pushed over the other; a person must look
 *   deleted here                   ──▶ gone, and stays so
 */
import { hasMoreThan } from '../document/index.ts'
import type { Store } from '../ports/store.ts'
import { bytesToHex, hexToBytes } from '../values/hash.ts'
import { isWorkflowId } from '../values/ids.ts'
import type { Engine } from './engine.ts'
import { NO_CHANGE } from './repairing.ts'
import { GONE } from './retired.ts'
import { unlessDamaged } from './rows.ts'
import { type Copy, copyOf, printText } from './scan.ts'
import { WORKFLOWS } from './summary.ts'

/** What an end tells of its copy. */
export interface Claim {
  readonly document: string
  /** Both undefined when it holds nothing that can be read. */
  readonly print?: string
  /** State vector, hex. */
  readonly vector?: string
}

export type Outcome = 'same' | 'pushed' | 'awaited' | 'forked' | 'gone'

export interface Healed {
  readonly own: Claim
  readonly outcome: Outcome
}

export class Healer {
  readonly #engine: Pick<Engine, 'submit'>
  readonly #store: Store

  constructor(engine: Pick<Engine, 'submit'>, store: Store) {
    this.#engine = engine
    this.#store = store
  }

  async claimOf(document: string): Promise<Claim> {
    const copy = await copyOf(this.#store, document)
    return copy === undefined || copy === 'damaged' ? { document } : claimOf(document, copy)
  }

  /** @param theirs what the other end says of its copy */
  async heal(home: string, theirs: Claim): Promise<Healed> {
    const { document } = theirs
    if ((await this.#store.get(GONE, document)) !== undefined) return { own: { document }, outcome: 'gone' }
    const copy = await copyOf(this.#store, document)
    if (copy === undefined) return { own: { document }, outcome: 'awaited' }
    if (copy === 'damaged') return { own: { document }, outcome: await this.#discard(home, theirs) }
    const own = claimOf(document, copy)
    if (own.print === theirs.print) return { own, outcome: await this.#list(home, document) }
    if (shapeOf(own) === shapeOf(theirs)) return { own, outcome: 'forked' }
    return { own, outcome: await this.#push(home, document, copy, theirs) }
  }

  /** A document whose row was lost is found in no list: whatever is written to it, though it says nothing, writes the row again. */
  async #list(home: string, document: string): Promise<Outcome> {
    const isListed = !isWorkflowId(document) || (await unlessDamaged(this.#store.get(WORKFLOWS, document))) !== undefined
    if (!isListed) await this.#engine.submit({ kind: 'repair', home, document, update: NO_CHANGE })
    return 'same'
  }

  /** Only when the other can give it back: damaged bytes may be all that is left. */
  async #discard(home: string, theirs: Claim): Promise<Outcome> {
    if (theirs.print !== undefined) await this.#engine.submit({ kind: 'discard', home, document: theirs.document })
    return 'awaited'
  }

  async #push(home: string, document: string, { replica }: Copy, { vector }: Claim): Promise<Outcome> {
    const theirs = vector === undefined ? undefined : hexToBytes(vector)
    const lacksItems = theirs === undefined || hasMoreThan(replica, theirs)
    const lacksDeletions = vector === bytesToHex(replica.stateVector())
    if (!lacksItems && !lacksDeletions) return 'awaited'
    const update = theirs === undefined ? replica.encode() : replica.encodeSince(theirs)
    const repaired = await this.#engine.submit({ kind: 'repair', home, document, update })
    return repaired.ok ? 'pushed' : 'awaited'
  }
}

const claimOf = (document: string, { replica, print }: Copy): Claim => ({
  document,
  print: printText(print),
  vector: bytesToHex(replica.stateVector()),
})

const shapeOf = ({ print }: Claim): string | undefined => print?.split('.')[0]
