/** What a store may do wrong under an engine that trusts it. */
import type { Append, Batch, Store } from '@holdfast/shared/ports'
import { ok } from '@holdfast/shared/values'
import { delegate } from '../world/disk.ts'
import type { Plant } from './plant.ts'
import { splitDeletes } from './split-deletes.ts'

type Commit = Store['commit']

/** Numbers of commits that no real one reaches. */
const FAR_AHEAD = 1_000_000

const committing =
  (wrap: (commit: Commit, node: string) => Commit) =>
  (store: Store, node: string): Store => ({ ...delegate(store), commit: wrap((batch) => store.commit(batch), node) })

/** Answers, and shows in its feeds, what the disk has not synced yet; what a power cut then takes had been promised. */
const ackBeforeSync: Plant = {
  name: 'ack before fsync',
  store: (store) => {
    let group = FAR_AHEAD
    let unsynced: readonly (Append & { readonly group: number })[] = []
    const feed: Store['feed'] = async (home, after) => {
      const synced = await store.feed(home, 0, Number.MAX_SAFE_INTEGER)
      const early = unsynced.filter((one) => one.home === home).map((one, index) => ({ ...one, sequence: synced.length + index + 1 }))
      return [...synced, ...early].slice(after)
    }
    const commit: Commit = async (batch) => {
      group += 1
      const mine = group
      unsynced = [...unsynced, ...batch.appends.map((append) => ({ ...append, group: mine }))]
      void store.commit(batch).then(() => {
        unsynced = unsynced.filter((one) => one.group !== mine)
      })
      return ok({ group: mine })
    }
    return { ...delegate(store), commit, feed, feedEnd: async (home) => (await feed(home, 0, Number.MAX_SAFE_INTEGER)).length }
  },
}

/** The log in one commit, rows and cursors in the next. */
const rowsApart: Plant = {
  name: 'rows and log in two commits',
  store: committing((commit) => async (batch) => {
    if (batch.appends.length === 0 || batch.puts.length === 0) return commit(batch)
    const logged = await commit({ ...batch, puts: [], removals: [] })
    return logged.ok ? commit({ ...batch, appends: [], expected: new Map() }) : logged
  }),
}

/** A turn that touched several documents, one commit for each; rows and cursors go with the first. */
const groupInPart: Plant = {
  name: "a turn's group applied in part",
  store: committing((commit) => async (batch) => {
    let done = await commit(only(batch, batch.appends.slice(0, 1)))
    for (const append of batch.appends.slice(1)) if (done.ok) done = await commit(only({ ...batch, puts: [] }, [append]))
    return done
  }),
}

/** Versions are checked for the first document only: the others have grown by the commits before. */
const only = (batch: Batch, appends: readonly Append[]): Batch => ({ ...batch, appends, expected: new Map() })

/** A verdict in one commit, the removal of its proposal in the next; what comes from others is stored as it came. */
const verdictApart: Plant = {
  name: 'verdict and removal in two commits',
  weather: { crashesPerMinute: 4, maxSyncMs: 2_000 },
  store: committing((commit, node) => async (batch) => {
    const parts = batch.appends.map((append) => ({ append, ...partsOf(append, node) }))
    const done = await commit({
      ...batch,
      appends: parts.map(({ append, writes }) => ({ ...append, update: writes })),
      expected: new Map(),
    })
    const removals = parts.flatMap(({ append, deletes }) => (deletes === undefined ? [] : [{ ...append, update: deletes }]))
    if (!done.ok || removals.length === 0) return done
    let removed = await commit({ appends: removals, puts: [], removals: [], expected: new Map() })
    while (!removed.ok) removed = await commit({ appends: removals, puts: [], removals: [], expected: new Map() })
    return removed
  }),
}

const partsOf = ({ origin, update }: Append, node: string): ReturnType<typeof splitDeletes> =>
  origin === node ? splitDeletes(update) : { writes: update, deletes: undefined }

/** Nobody looks at what a commit answers. */
const fullDiskUnnoticed: Plant = {
  name: 'a full disk taken for a commit',
  store: committing((commit) => async (batch) => {
    const done = await commit(batch)
    return done.ok || done.error.code !== 'disk-full' ? done : ok({ group: FAR_AHEAD })
  }),
}

export const storeBugs: readonly Plant[] = [ackBeforeSync, rowsApart, groupInPart, verdictApart, fullDiskUnnoticed]
