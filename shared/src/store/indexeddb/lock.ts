/**
 * One writer per store (S6), by the browser's own locks: held by one tab or worker of the origin, and gone with it however it ends.
 * IndexedDB itself would let two tabs write in turns, each resting on what it remembers of the store.
 */
import { StoreInUse } from '../store-in-use.ts'

/** Long enough for a tab that is just going, short enough to say soon that two run at once. */
const PATIENCE_MS = 1_000

/** @returns what gives the lock back */
export const takeLock = (store: string): Promise<() => void> => {
  if (!isSecureContext) throw new Error('store: browsers give locks to secure pages only (https, or the machine itself)')
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> => {
      const { promise, resolve: release } = Promise.withResolvers<void>()
      resolve(release)
      return promise
    }
    navigator.locks
      .request(`holdfast-store ${store}`, { signal: AbortSignal.timeout(PATIENCE_MS) }, held)
      .catch((error: unknown) => reject(error instanceof DOMException && error.name === 'TimeoutError' ? new StoreInUse(store) : error))
  })
}
