/**
 * How something stands to what was promised about its end (LIM-5): at risk from one moment, breached from a later one, each said once.
 * It is no timeout: nothing is stopped by it.
 *
 *   kept ──atRiskAt──▶ at-risk ──breachAt──▶ breached
 */
export interface DeadlinePolicy {
  /** After its beginning. */
  readonly atRiskMs?: number
  readonly breachMs: number
}

export interface Deadline {
  readonly atRiskAt?: number
  readonly breachAt: number
  /** What has been said of it. */
  readonly said?: 'at-risk' | 'breached'
}

export const deadlineFrom = ({ atRiskMs, breachMs }: DeadlinePolicy, start: number): Deadline => ({
  ...(atRiskMs === undefined ? {} : { atRiskAt: start + atRiskMs }),
  breachAt: start + breachMs,
})

/** What is to be said now. Whoever looks only after the breach says that alone. */
export const deadlineNews = ({ atRiskAt, breachAt, said }: Deadline, now: number): 'at-risk' | 'breached' | undefined => {
  if (said === 'breached') return undefined
  if (now >= breachAt) return 'breached'
  return said === undefined && atRiskAt !== undefined && now >= atRiskAt ? 'at-risk' : undefined
}

/** The next moment at which something will have to be said. */
export const deadlineWakesAt = ({ atRiskAt, breachAt, said }: Deadline): number | undefined => {
  if (said === 'breached') return undefined
  return said === undefined && atRiskAt !== undefined ? Math.min(atRiskAt, breachAt) : breachAt
}
