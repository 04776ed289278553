/** What a store may do wrong under an engine that trusts it. */
import type { Append, Batch, Store } from '@holdfast/shared/ports'
import { ok } from '@holdfast/shared/values'
import { delegate } from '../world/disk.ts'
import type { Plant } from './plant.ts'
import { splitDeletes } from './split-deletes.ts'

type Commit = Store['commit']

const committing =
  (wrap: (commit: Commit, node: string) => Commit) =>
  (store: Store, node: string): Store => ({ ...delegate(store), commit: wrap((batch) => store.commit(batch), node) })

/** Answers before the disk has synced; what a power cut then takes had been promised. */
const ackBeforeSync: Plant = {
  name: 'ack before fsync',
  store: committing((commit) => {
    let group = 0
    return async (batch) => {
      void commit(batch)
      group += 1
      return ok({ group })
    }
  }),
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
  store: committing((commit, node) => async (batch) => {
    const parts = batch.appends.map((append) => ({ append, ...partsOf(append, node) }))
    const done = await commit({
      ...batch,
      appends: parts.map(({ append, writes }) => ({ ...append, update: writes })),
      expected: new Map(),
    })
    const removals = parts.flatMap(({ append, deletes }) => (deletes === undefined ? [] : [{ ...append, update: deletes }]))
    return done.ok && removals.length > 0 ? commit({ appends: removals, puts: [], removals: [], expected: new Map() }) : done
  }),
}

const partsOf = ({ origin, update }: Append, node: string): ReturnType<typeof splitDeletes> =>
  origin === node ? splitDeletes(update) : { writes: update, deletes: undefined }

export const storeBugs: readonly Plant[] = [ackBeforeSync, rowsApart, groupInPart, verdictApart]
