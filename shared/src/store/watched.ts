/**
 * A store that knows how it fares, and finds out by itself when it is well again.
 *
 *   well ──a commit or a read fails──▶ failing: why, since when ──a commit goes through──▶ well
 *                                        ╰─ every second an empty commit is tried, so it need not wait for somebody's will
 *
 * Damaged places are kept in mind until the process ends: bytes do not heal, but what is there beside them is served.
 */
import type { Clock } from '../ports/clock.ts'
import { type Store, type StoreError, StoreFailure } from '../ports/store.ts'

type Failing = Exclude<StoreError, { readonly code: 'version-mismatch' | 'row-mismatch' | 'corrupt' }>

export interface StoreCondition {
  /** Nothing can be written; absent when all is well. */
  readonly failing?: { readonly code: Failing['code']; readonly message: string; readonly sinceWall: number }
  /** Place → what is wrong there, in the order in which it was found. */
  readonly damaged: ReadonlyMap<string, string>
}

export interface WatchedStore extends Store {
  readonly condition: StoreCondition
}

const PROBE_MS = 1_000
/** A bound on memory: after so many damaged places another adds nothing. */
const MAX_DAMAGED = 1_000

/** @param onChange called when it begins or ceases to fail, and at each newly found damage */
export const watchStore = (store: Store, clock: Clock, onChange: (condition: StoreCondition) => void = () => {}): WatchedStore => {
  const damaged = new Map<string, string>()
  let failing: StoreCondition['failing']
  let cancelProbe = (): void => {}

  const condition = (): StoreCondition => (failing === undefined ? { damaged } : { failing, damaged })
  const probe = (): void => {
    void commit({ appends: [], puts: [], removals: [], expected: new Map() })
  }
  const noteFailing = ({ code, message }: Failing): void => {
    const isNews = failing?.code !== code
    failing = { code, message, sinceWall: failing?.sinceWall ?? clock.now().wall }
    cancelProbe()
    cancelProbe = clock.after(PROBE_MS, probe)
    if (isNews) onChange(condition())
  }
  const note = (error: StoreError): void => {
    if (error.code === 'version-mismatch' || error.code === 'row-mismatch') return
    if (error.code !== 'corrupt') return noteFailing(error)
    if (damaged.has(error.where) || damaged.size >= MAX_DAMAGED) return
    damaged.set(error.where, error.message)
    onChange(condition())
  }
  const noteWell = (): void => {
    if (failing === undefined) return
    failing = undefined
    cancelProbe()
    onChange(condition())
  }
  const commit: Store['commit'] = async (batch) => {
    const result = await store.commit(batch)
    if (result.ok) noteWell()
    else note(result.error)
    return result
  }
  const watched = async <T>(read: Promise<T>): Promise<T> => {
    try {
      return await read
    } catch (thrown) {
      if (thrown instanceof StoreFailure) note(thrown.reason)
      throw thrown
    }
  }
  return {
    generation: store.generation,
    get condition() {
      return condition()
    },
    commit,
    document: (id) => watched(store.document(id)),
    get: (collection, key) => watched(store.get(collection, key)),
    list: (collection, query) => watched(store.list(collection, query)),
    feed: (home, after, limit) => watched(store.feed(home, after, limit)),
    feedEnd: (home) => watched(store.feedEnd(home)),
    close: () => {
      cancelProbe()
      return store.close()
    },
  }
}
