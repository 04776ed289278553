/** Makes the rows of standing.ts again from the workflows' own rows: for a store that was written before there were any. */
import type { Put, Store } from '../ports/store.ts'
import { dueKey } from './due-key.ts'
import { ENDED } from './retired.ts'
import { rowsOf } from './rows.ts'
import { COUNTS, moveCount, NONE, OPEN, type OpenRow, type Outcome, type OutcomeCount } from './standing.ts'
import { isSummary, type Summary, WORKFLOWS } from './summary.ts'

export const standingPuts = async (store: Store): Promise<readonly Put[]> => {
  const puts: Put[] = []
  const counts = new Map<string, OutcomeCount>()
  for await (const { key, value } of rowsOf(store, WORKFLOWS)) {
    if (!isSummary(value)) continue
    counts.set(value.facility, moveCount(counts.get(value.facility) ?? NONE, undefined, outcomeOfSummary(value)))
    if (!value.open) puts.push({ collection: ENDED, key: dueKey(value.endedAt ?? value.updatedAt, key), value: {} })
    else puts.push({ collection: OPEN, key, value: unparked(value) })
  }
  for (const [key, value] of counts) puts.push({ collection: COUNTS, key, value })
  return puts
}

export const outcomeOfSummary = ({ status }: Summary): Outcome =>
  status === 'completed' || status === 'failed' || status === 'cancelled' ? status : 'open'

/** Whether it is parked is found out when it is taken up. */
const unparked = ({ facility: home, waits }: Summary): OpenRow => ({ home, parked: false, waits: waits.length > 0 })
