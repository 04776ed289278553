/** Does a home's feed hold anything that a peer has not got, by the cursor it names? What it sent itself is not counted. */
import type { Store } from '../../ports/store.ts'
import type { PeerCursor } from '../cursors.ts'
import { feedGeneration } from '../feed-generation.ts'
import { feedFrom } from '../feed-walk.ts'

export const lacks = async (store: Store, home: string, peer: string, held: PeerCursor | undefined): Promise<boolean> => {
  const from = held?.generation === (await feedGeneration(store)) ? held.sequence : 0
  for await (const { origin, update } of feedFrom(store, home, from)) if (origin !== peer && update.length > 0) return true
  return false
}
