/**
 * Under which generation this node's feeds go out: the store's own, until a peer is found to hold more of a feed than there is. Then the
 * store was put back to an earlier day, and the numbers it gives from there on would stand for other entries than the peer holds; so the
 * feeds go on under a name of their own, and every peer takes them from the beginning (what it knows already costs it nothing to keep).
 */
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { isJsonObject } from '../values/json.ts'

const NODE = 'node'
const KEY = 'feeds'
/** Of the store's generation: enough to be told apart, and the whole stays within what a message holds. */
const MAX_DIGITS = 40

export const feedGeneration = async (store: Pick<Store, 'get' | 'generation'>): Promise<string> => {
  const row = await store.get(NODE, KEY)
  return isJsonObject(row) && typeof row.generation === 'string' ? row.generation : store.generation
}

export const renewFeedGeneration = async (store: Store, clock: Clock): Promise<void> => {
  const generation = `${store.generation.slice(0, MAX_DIGITS)}.${clock.now().wall}`
  // If it fails, the next session finds the same and tries again.
  await store.commit({ appends: [], puts: [{ collection: NODE, key: KEY, value: { generation } }], removals: [], expected: new Map() })
}
