/**
 * What the limits of this node stand on: who of each workflow is at work and holds what, and who waits. Memory, drawn from what
 * workflows want, so a new life has it as soon as it knows these wants. The question itself is answered in admission-turn.ts.
 */
import { type Claim, Ledger } from '../allocation/ledger.ts'
import type { Demand } from '../definition/compiled.ts'
import type { QuotaOwner } from '../policy/quota.ts'
import type { Bucket } from '../policy/rate.ts'
import type { Wanted, WantedBegin } from '../workflow/want.ts'
import { AdmissionTurn } from './admission-turn.ts'
import { Breakers } from './breakers.ts'
import { claimsOf, poolName, underWayClaims } from './claims.ts'
import { type Limits, tenantOf } from './limits.ts'
import { Overlay } from './overlay.ts'

/** Whose a workflow is, and by which name people know it. */
export interface Owner {
  readonly home: string
  readonly key: string
  readonly by: string
}

export interface Queued {
  readonly workflow: string
  readonly begin: WantedBegin
}

export interface Opening {
  readonly workflow: string
  readonly opening: NonNullable<Wanted['opening']>
}

export class Admission {
  readonly limits: Limits
  readonly ledger = new Ledger()
  readonly breakers = new Breakers()
  readonly #buckets = new Map<string, Bucket>()
  readonly #owners = new Map<string, Owner>()
  readonly #begins = new Map<string, readonly WantedBegin[]>()
  readonly #openings = new Map<string, Opening['opening']>()

  constructor(limits: Limits) {
    this.limits = limits
  }

  /** What a workflow wants now: who of it is at work, and what of it waits. */
  set(workflow: string, owner: Owner, { holds, begins, opening, underWay }: Wanted): void {
    const attempts = holds.map(({ id, step, demand }) => ({
      id,
      name: `${owner.key}/${step}`,
      claims: this.claims(workflow, owner, demand),
    }))
    const whole = underWay ? [{ id: workflow, name: owner.key, claims: underWayClaims(this.limits) }] : []
    this.ledger.set(
      workflow,
      [...attempts, ...whole].filter(({ claims }) => claims.length > 0),
    )
    put(this.#begins, workflow, begins.length > 0 ? begins : undefined)
    put(this.#openings, workflow, opening)
    put(this.#owners, workflow, underWay ? owner : undefined)
  }

  /** One that was left parked by an earlier life: it wants nothing that is limited, but has its place. */
  setUnderWay(workflow: string): void {
    const claims = underWayClaims(this.limits)
    this.ledger.set(workflow, claims.length > 0 ? [{ id: workflow, name: workflow, claims }] : [])
  }

  /** It is parked: it keeps its place, and whose it is will be told when it wants something again. */
  rest(workflow: string): void {
    this.#owners.delete(workflow)
  }

  forget(workflow: string): void {
    this.ledger.set(workflow, [])
    for (const known of [this.#begins, this.#openings, this.#owners]) known.delete(workflow)
  }

  claims(workflow: string, { home, by }: Owner, demand: Demand): readonly Claim[] {
    const tenant = tenantOf(this.limits, by)
    const owner: QuotaOwner = { workflow, facility: home, ...(tenant === undefined ? {} : { tenant }) }
    return claimsOf(this.limits, owner, demand)
  }

  /** Why a claim can't be met at this moment, in words: mostly who holds what it is on. */
  shortageOf({ pool, amount, capacity }: Claim): string {
    if (amount > capacity) return capacity === 0 ? 'there is none here' : `${amount} are needed, there are ${capacity}`
    const held = this.ledger.held(pool)
    if (held + amount <= capacity) return 'kept for what is more urgent'
    return `${held} of ${capacity} held by ${namesOf(this.ledger.holders(pool).map(({ name }) => name))}`
  }

  /** The same for what is on record to wait; nothing where it waits for no holder. */
  shortageNow(workflow: string, { awaiting, demand }: WantedBegin): string | undefined {
    const owner = this.#owners.get(workflow)
    const claims = owner === undefined || awaiting === undefined ? [] : this.claims(workflow, owner, demand)
    const claim = claims.find(({ pool }) => poolName(pool) === awaiting)
    return claim && this.shortageOf(claim)
  }

  owner(workflow: string): Owner | undefined {
    return this.#owners.get(workflow)
  }

  *begins(): Generator<Queued> {
    for (const [workflow, begins] of this.#begins) for (const begin of begins) yield { workflow, begin }
  }

  *openings(): Generator<Opening> {
    for (const [workflow, opening] of this.#openings) yield { workflow, opening }
  }

  get waits(): boolean {
    return this.#begins.size + this.#openings.size > 0
  }

  /** So many workflows wait for their start that no more may be added. */
  get isFull(): boolean {
    const { waiting } = this.limits.workflows
    return waiting !== undefined && this.#openings.size >= waiting
  }

  turn(): AdmissionTurn {
    return new AdmissionTurn(this, this.breakers.turn(), new Overlay(this.#buckets))
  }
}

const put = <Value>(map: Map<string, Value>, key: string, value: Value | undefined): void => {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}

const MAX_NAMES = 3

const namesOf = (holders: readonly string[]): string => {
  const more = holders.length > MAX_NAMES ? [`${holders.length - MAX_NAMES} more`] : []
  return [...holders.slice(0, MAX_NAMES), ...more].join(', ')
}
