/**
 * What a process asks of a store that others write to as well: what they have committed. A store that one process has to itself has none
 * of this.
 *
 *   N1  `changes` tells of every append to a home's feed after a sequence number, in order and without a gap, whoever made it. It ends at
 *       the limit, also within a commit.
 *   N2  `onHint` calls back when another handle may have committed: perhaps late, perhaps for nothing, perhaps never. Whoever has to know asks.
 */
import type { Store } from './store.ts'

export interface Change {
  readonly sequence: number
  readonly group: number
  readonly document: string
  /** The update is the document's n-th. */
  readonly version: number
  readonly origin: string
}

export interface Neighbours {
  /** The ends of all feeds. */
  ends(): Promise<ReadonlyMap<string, number>>
  changes(home: string, after: number, limit: number): Promise<readonly Change[]>
  /** @returns what stops it */
  onHint(listener: () => void): () => void
}

export interface SharedStore extends Store {
  readonly neighbours: Neighbours
}
