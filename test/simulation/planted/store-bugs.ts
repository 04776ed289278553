/** What a store may do wrong under an engine that trusts it. */
import type { Append, Batch, Store } from '@holdfast/shared/ports'
import { ok } from '@holdfast/shared/values'
import { delegate } from '../world/disk.ts'
import type { Plant } from './plant.ts'
import { splitDeletes } from './split-deletes.ts'

type Commit = Store['commit']

const committing =
  (wrap: (commit: Commit) => Commit) =>
  (store: Store): Store => ({ ...delegate(store), commit: wrap((batch) => store.commit(batch)) })

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

/** A verdict in one commit, the removal of its proposal in the next. The engine counts one update for each, so the second is hidden from it. */
const verdictApart: Plant = {
  name: 'verdict and removal in two commits',
  store: committing((commit) => async (batch) => {
    const parts = batch.appends.map((append) => ({ append, parts: splitDeletes(append.update) }))
    const done = await commit({
      ...batch,
      appends: parts.map((one) => ({ ...one.append, update: one.parts.writes })),
      expected: new Map(),
    })
    const removals = parts.flatMap(({ append, parts: { deletes } }) => (deletes === undefined ? [] : [{ ...append, update: deletes }]))
    if (done.ok && removals.length > 0) return commit({ appends: removals, puts: [], removals: [], expected: new Map() })
    return done
  }),
}

export const storeBugs: readonly Plant[] = [ackBeforeSync, rowsApart, groupInPart, verdictApart]
