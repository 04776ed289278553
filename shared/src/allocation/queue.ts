/**
 * What waits for agents, in the order in which it should get them: by priority, and within one by how long it has waited.
 *
 * A waiting offer rises one priority class per `AGEING_MS`, so a stream of urgent work delays the rest but can't starve it (LIM-2).
 */
import type { Priority } from '../definition/definition.ts'

const RANK: Readonly<Record<Priority, number>> = { critical: 0, high: 1, normal: 2, low: 3 }
export const AGEING_MS = 60_000

export interface Waiting {
  readonly priority: Priority
  readonly since: number
}

/**
 * Sorts by the moment at which an offer would have been due, had it been critical: rank counts as much as one `AGEING_MS` of
 * waiting. The order does not depend on now, so it is stable while things wait.
 */
export const urgency = ({ priority, since }: Waiting): number => since + RANK[priority] * AGEING_MS
