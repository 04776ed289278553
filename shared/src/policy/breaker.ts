/**
 * A circuit breaker (RES-4; Nygard, Release It!, 2007): work that keeps failing is not begun for a while.
 *
 *   closed ──too many failures──▶ open ──openMs over──▶ half-open ──enough successes──▶ closed
 *                                   ▲                      │ one failure
 *                                   └──────────────────────┘          a person's reset closes it from anywhere
 *
 *   B1  Open, nothing is begun. Half-open, one trial at a time is.
 *   B2  A trial of which nothing was heard within `openMs` no longer stands in the way of another, so no breaker stays half-open for ever.
 *   B3  What was begun before the breaker opened, and ends after it, moves an open breaker nowhere.
 *
 * Times are of the wall clock, because an open breaker outlives a restart.
 */
export interface BreakerPolicy {
  /** So many failures in a row open it; or that share of the latest `of` outcomes within `windowMs`, once there are so many. */
  readonly threshold: { readonly failures: number } | { readonly share: number; readonly of: number; readonly windowMs: number }
  readonly openMs: number
  /** Trials that must succeed before it closes. */
  readonly successes: number
}

interface Outcome {
  readonly at: number
  readonly failed: boolean
}

export type Breaker =
  | { readonly state: 'closed'; readonly outcomes: readonly Outcome[] }
  | { readonly state: 'open'; readonly until: number }
  | { readonly state: 'half-open'; readonly successes: number; readonly trialAt?: number }

type State = Breaker['state']
export type BreakerEvent = 'succeeded' | 'failed' | 'asked' | 'reset'

export const CLOSED: Breaker = { state: 'closed', outcomes: [] }

type Step<From extends State> = (policy: BreakerPolicy, breaker: Extract<Breaker, { state: From }>, now: number) => Breaker

const stay = (_: BreakerPolicy, breaker: Breaker): Breaker => breaker
const close = (): Breaker => CLOSED
const open = ({ openMs }: BreakerPolicy, _: Breaker, now: number): Breaker => ({ state: 'open', until: now + openMs })

const TABLE: { readonly [From in State]: Readonly<Record<BreakerEvent, Step<From>>> } = {
  closed: {
    succeeded: (policy, breaker, now) => count(policy, breaker.outcomes, { at: now, failed: false }),
    failed: (policy, breaker, now) => count(policy, breaker.outcomes, { at: now, failed: true }),
    asked: stay,
    reset: close,
  },
  open: {
    succeeded: stay,
    failed: stay,
    asked: (_, breaker, now) => (now < breaker.until ? breaker : { state: 'half-open', successes: 0, trialAt: now }),
    reset: close,
  },
  'half-open': {
    succeeded: ({ successes: needed }, { successes }) =>
      successes + 1 >= needed ? CLOSED : { state: 'half-open', successes: successes + 1 },
    failed: open,
    asked: (policy, breaker, now) => (isTrying(policy, breaker, now) ? breaker : { ...breaker, trialAt: now }),
    reset: close,
  },
}

export const stepBreaker = (policy: BreakerPolicy, breaker: Breaker, event: BreakerEvent, now: number): Breaker => {
  switch (breaker.state) {
    case 'closed':
      return TABLE.closed[event](policy, breaker, now)
    case 'open':
      return TABLE.open[event](policy, breaker, now)
    case 'half-open':
      return TABLE['half-open'][event](policy, breaker, now)
  }
}

export interface Asked {
  readonly breaker: Breaker
  readonly allowed: boolean
}

/** Whether work may begin now; beginning it is what follows a yes, for a yes of a half-open breaker is its one trial. */
export const askBreaker = (policy: BreakerPolicy, breaker: Breaker, now: number): Asked => {
  const asked = stepBreaker(policy, breaker, 'asked', now)
  return { breaker: asked, allowed: asked.state === 'closed' || (asked.state === 'half-open' && asked !== breaker) }
}

const isTrying = ({ openMs }: BreakerPolicy, { trialAt }: Extract<Breaker, { state: 'half-open' }>, now: number): boolean =>
  trialAt !== undefined && now - trialAt < openMs

const count = (policy: BreakerPolicy, before: readonly Outcome[], outcome: Outcome): Breaker => {
  const { threshold } = policy
  const outcomes = 'failures' in threshold ? inARow(before, outcome) : recent([...before, outcome], threshold, outcome.at)
  const failures = outcomes.filter(({ failed }) => failed).length
  const opens =
    'failures' in threshold
      ? failures >= threshold.failures
      : outcomes.length >= threshold.of && failures >= threshold.share * outcomes.length
  return opens ? open(policy, CLOSED, outcome.at) : { state: 'closed', outcomes }
}

const inARow = (before: readonly Outcome[], outcome: Outcome): readonly Outcome[] => (outcome.failed ? [...before, outcome] : [])

const recent = (
  outcomes: readonly Outcome[],
  { of, windowMs }: { readonly of: number; readonly windowMs: number },
  now: number,
): readonly Outcome[] => outcomes.slice(-of).filter(({ at }) => now - at < windowMs)
