/**
 * What one turn puts away: archives of ended workflows, and erasures of those archived long enough. A workflow that the same turn changes is
 * left for the next time.
 */
import { waitingProposals } from '../document/index.ts'
import type { Put, Removal } from '../ports/store.ts'
import { ASKED } from './asked.ts'
import type { Books } from './books.ts'
import { CHECKPOINTS, checkpointKey } from './checkpoints.ts'
import { conflictRemovals } from './conflict-rows.ts'
import { dueKey, idIn } from './due-key.ts'
import type { RetireInput } from './inputs.ts'
import { ARCHIVED, ENDED, GONE } from './retired.ts'
import { isOpen } from './standing.ts'
import { WORKFLOWS } from './summary.ts'
import type { Unit } from './unit.ts'

export class Retiring {
  readonly archive: string[] = []
  readonly erased: Unit[] = []
  readonly puts: Put[] = []
  readonly removals: Removal[] = []

  /** @param changed whether this turn appends to that workflow's document */
  take(
    { archive, erase }: RetireInput,
    unitOf: (workflow: string) => Unit | undefined,
    changed: (workflow: string) => boolean,
    books: Books,
  ): void {
    // One that was woken by late news since it was archived may be due for both: what goes need not be put away once more.
    const goes = new Set(erase)
    for (const key of archive) if (!changed(idIn(key)) && !goes.has(key)) this.#archive(key)
    for (const key of erase) if (!changed(idIn(key))) this.#erase(key, unitOf(idIn(key)), books)
  }

  #archive(key: string): void {
    this.archive.push(idIn(key))
    this.removals.push({ collection: ENDED, key })
    this.puts.push({ collection: ARCHIVED, key, value: {} })
  }

  #erase(key: string, unit: Unit | undefined, books: Books): void {
    if (unit !== undefined && waitingProposals(unit.replica).length > 0) return
    this.removals.push({ collection: ARCHIVED, key })
    if (unit?.state === undefined || isOpen(unit.state) || dueKey(unit.state.endedAt ?? 0, unit.id) !== key) return
    const { id, home, length, headHex: head } = unit
    this.erased.push(unit)
    books.forget(unit)
    this.puts.push({ collection: GONE, key: id, value: { home, key: unit.state.key, length, head } })
    this.removals.push(...conflictRemovals(unit.state.conflicts))
    const checkpoints = unit.state.checkpoints.map(({ position }) => ({ collection: CHECKPOINTS, key: checkpointKey(id, position) }))
    this.removals.push({ collection: WORKFLOWS, key: id }, { collection: ASKED, key: id }, { collection: ENDED, key }, ...checkpoints)
  }
}
