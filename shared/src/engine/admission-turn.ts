/**
 * May this attempt begin now? The one place where all limits meet (LIM-1, LIM-3, LIM-4, RES-4). Asked in each turn for everything that
 * waits, most urgent first:
 *
 *   its breaker is open            no, and it fails at once
 *   a claim can't be met           no, until something of that pool is given back
 *   a bucket is empty              no, until a moment that is known
 *   else                           yes: it takes its trial, its tokens and, by being at work, its claims
 *
 * Holdings are never written down: they follow from what is wanted (`wanted.holds`), so they are given back by whatever ends an attempt,
 * and a new life has them as soon as it knows what its workflows want. Tokens are memory: after a restart the buckets are full.
 * Breakers and buckets move in a turn's own view, which is kept only if the turn is.
 */
import { Round } from '../allocation/ledger.ts'
import type { Demand } from '../definition/compiled.ts'
import { type Bucket, fullBucket, type RatePolicy, takeToken } from '../policy/rate.ts'
import type { Instant } from '../values/instant.ts'
import type { StepError } from '../workflow/event.ts'
import type { Admission, Queued } from './admission.ts'
import type { BreakerTurn } from './breakers.ts'
import { poolName, underWayClaims } from './claims.ts'
import type { Limits } from './limits.ts'
import type { Overlay } from './overlay.ts'

export type Verdict =
  | { readonly may: 'begin' }
  | { readonly may: 'fail'; readonly error: StepError }
  /** `retryAt`: monotonic, where it waits for a moment and no holder. */
  | { readonly may: 'wait'; readonly pool: string; readonly shortage: string; readonly retryAt?: number }

export class AdmissionTurn {
  readonly breakers: BreakerTurn
  readonly #admission: Admission
  readonly #buckets: Overlay<Bucket>
  #round: Round

  constructor(admission: Admission, breakers: BreakerTurn, buckets: Overlay<Bucket>) {
    this.#admission = admission
    this.breakers = breakers
    this.#buckets = buckets
    this.#round = new Round(admission.ledger)
  }

  /** Everybody is asked again: what was taken in the last round is on the ledger by now, what was reserved is not reserved any more. */
  beginRound(): void {
    this.#round = new Round(this.#admission.ledger)
  }

  judge({ workflow, begin: { demand } }: Queued, now: Instant): Verdict {
    const owner = this.#admission.owner(workflow)
    if (owner === undefined) return { may: 'begin' }
    if (!this.breakers.allows(owner.home, demand, now.wall)) return { may: 'fail', error: circuitOpen(demand) }
    const lacking = this.#round.lacking(this.#admission.claims(workflow, owner, demand))
    if (lacking !== undefined) return { may: 'wait', pool: poolName(lacking.pool), shortage: this.#admission.shortageOf(lacking) }
    for (const [name, policy] of ratesOf(this.#admission.limits, demand)) {
      const taking = takeToken(policy, this.#bucket(name, policy, now), now.monotonic)
      if (!taking.taken) return { may: 'wait', pool: `rate of ${name}`, shortage: `${policy.perSecond} a second`, retryAt: taking.retryAt }
    }
    return { may: 'begin' }
  }

  /** It was judged fit to begin, and does. From the next round on the ledger has it as a holder. */
  take({ workflow, begin: { demand } }: Queued, now: Instant): void {
    const owner = this.#admission.owner(workflow)
    if (owner === undefined) return
    this.breakers.begin(owner.home, demand, now.wall)
    this.#round.take(this.#admission.claims(workflow, owner, demand))
    for (const [name, policy] of ratesOf(this.#admission.limits, demand)) {
      const taking = takeToken(policy, this.#bucket(name, policy, now), now.monotonic)
      if (taking.taken) this.#buckets.set(name, taking.bucket)
    }
  }

  /** Nobody less urgent takes, in this round, what this one waits for. */
  reserve({ workflow, begin: { demand } }: Queued): void {
    const owner = this.#admission.owner(workflow)
    if (owner !== undefined) this.#round.reserve(this.#admission.claims(workflow, owner, demand))
  }

  /** Whether one more workflow may be under way; if so, its place is taken. */
  open(): boolean {
    const claims = underWayClaims(this.#admission.limits)
    if (this.#round.lacking(claims) !== undefined) return false
    this.#round.take(claims)
    return true
  }

  keep(): void {
    this.breakers.keep()
    this.#buckets.keep()
  }

  #bucket(name: string, policy: RatePolicy, now: Instant): Bucket {
    return this.#buckets.get(name) ?? fullBucket(policy, now.monotonic)
  }
}

const circuitOpen = ({ name }: Demand): StepError => ({
  code: 'circuit-open',
  message: `${name} keeps failing and is not begun for a while`,
  retryable: false,
})

/** Its own rate, and those of the node for all such work. */
const ratesOf = ({ rates }: Limits, { name, type, work, rate }: Demand): readonly (readonly [name: string, policy: RatePolicy])[] => {
  const ofNode = [type, `${type}:${work}`].flatMap((kind) => {
    const policy = Object.hasOwn(rates, kind) ? rates[kind] : undefined
    return policy === undefined ? [] : [[kind, policy] as const]
  })
  return rate === undefined ? ofNode : [...ofNode, [name, rate]]
}
