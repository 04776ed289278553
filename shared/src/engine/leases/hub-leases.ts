/**
 * Who runs each facility, as this coordinator grants it: gateways ask over their link, operators over HTTP. What is granted here is what
 * the hub lets a gateway write.
 */
import { z } from 'zod'
import type { Enrolment } from '../../consistency/grants.ts'
import type { Lease } from '../../consistency/lease.ts'
import { MAX_UPDATE_BYTES, type Rights } from '../../document/rights.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Json } from '../../values/json.ts'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { CallHandler, LinkCall } from '../call-desk.ts'
import type { Engine } from '../engine.ts'
import type { Hub } from '../hub.ts'
import { lacks } from './lacks.ts'
import { LeaseOffice } from './lease-office.ts'
import { ASK_LEASE, CHECK_HEIR, DECLARE_LOST, LEASE_NEWS, LEASE_QUESTION } from './lease-rows.ts'

export interface HubLeasesParts {
  readonly enrolments: readonly Enrolment[]
  /** Whose writing a node may bring, by the numbers given at enrolment (D2). */
  readonly writers: (home: string, node: string) => Pick<Rights, 'nodes' | 'returning'>
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  readonly handlers: Map<string, CallHandler>
  readonly hub: () => Hub
  /** Whether a gateway is connected to this coordinator, or to another on the same store. */
  readonly isLive: (gateway: string) => boolean
  readonly onMoved: (lease: Lease) => void
}

const NEWS_TIMEOUT_MS = 2_000
const BAD_QUESTION = refusal('fix-request', 'bad-question', 'This can not be understood.')

const heir = z.strictObject({ to: z.string() })
const lost = z.strictObject({ by: z.string().max(128), reason: z.string().max(1024), heir: z.string().exactOptional() })

export class HubLeases {
  readonly #parts: HubLeasesParts
  readonly #office: LeaseOffice
  readonly #stopListening: () => void

  private constructor(parts: HubLeasesParts, office: LeaseOffice) {
    this.#parts = parts
    this.#office = office
    parts.handlers.set(ASK_LEASE, (call) => this.#answer(call))
    parts.handlers.set(CHECK_HEIR, async ({ home, body }) => this.#answerAboutHeir(home, body))
    parts.handlers.set(DECLARE_LOST, (call) => this.#hearLost(call))
    this.#stopListening = parts.engine.onCommitted(({ feeds }) => {
      for (const home of feeds.keys()) if (this.#saysHandedOver(home)) office.look(home).catch(() => {})
    })
  }

  static async open(parts: HubLeasesParts): Promise<HubLeases> {
    const { engine, store, clock } = parts
    const enrolments = new Map(parts.enrolments.map((enrolment) => [enrolment.home, enrolment]))
    const handedOver = async (home: string) => {
      const roster = await engine.roster(home)
      return roster.ok ? roster.value.state?.handedOver : undefined
    }
    const office = await LeaseOffice.open({ store, clock, enrolments, handedOver, onMoved: (lease) => leases.#announce(lease) })
    const leases: HubLeases = new HubLeases(parts, office)
    return leases
  }

  close(): void {
    this.#stopListening()
  }

  /** What other coordinators on the same store have granted. */
  refresh(): Promise<void> {
    return this.#office.refresh()
  }

  leaseOf(home: string): Lease | undefined {
    return this.#office.leaseOf(home)
  }

  /** Whom to ask about a facility: who holds it; before anybody was granted it, its first gateway. */
  holderOf(home: string): string | undefined {
    return this.#office.leaseOf(home)?.holder ?? this.#nodesOf(home)[0]
  }

  #nodesOf(home: string): readonly string[] {
    return this.#parts.enrolments.find((enrolment) => enrolment.home === home)?.nodes ?? []
  }

  /** What a gateway may write into its facility's documents: under epochs that it was granted, and no other. */
  rightsOf(peer: string, home: string): Rights {
    const maxEpoch = this.#office.epochGranted(home, peer)
    return {
      ...this.#parts.writers(home, peer),
      guests: 'any',
      authority: maxEpoch > 0,
      maxEpoch,
      // However late it comes: what it did under an epoch that was its own is judged by who holds the home now, not turned away.
      ...(maxEpoch > 0 ? { mayCut: maxEpoch } : {}),
      mayPropose: true,
      mayWriteText: true,
      maxBytes: MAX_UPDATE_BYTES,
    }
  }

  declareLost(
    home: string,
    will: { readonly by: string; readonly reason: string; readonly heir?: string },
  ): Promise<Result<Lease, Refusal>> {
    return this.#office.declareLost(home, will)
  }

  /** Whether a gateway could take the facility over at this moment. */
  checkHeir(home: string, to: string): Result<Json, Refusal> {
    if (!this.#nodesOf(home).includes(to)) return err(refusal('fix-request', 'not-enrolled', `${to} is not enrolled for ${home}.`))
    if (this.#parts.isLive(to)) return ok({})
    return err(refusal('retry-later', 'unavailable', `${to} is not connected, so it could not go on with ${home}.`))
  }

  #answerAboutHeir(home: string, body: Json): Result<Json, Refusal> {
    const asked = heir.safeParse(body)
    return asked.success ? this.checkHeir(home, asked.data.to) : err(BAD_QUESTION)
  }

  async #hearLost({ peer, home, body }: LinkCall): Promise<Result<Json, Refusal>> {
    const said = lost.safeParse(body)
    if (!said.success) return err(BAD_QUESTION)
    const declared = await this.#office.declareLost(home, { ...said.data, by: `${said.data.by} at ${peer}` })
    return declared.ok ? ok({ epoch: declared.value.epoch }) : declared
  }

  #saysHandedOver(home: string): boolean {
    const said = this.#parts.engine.units.peekRoster(home)?.state?.handedOver
    return said !== undefined && said.epoch === this.#office.leaseOf(home)?.epoch
  }

  async #answer({ peer, home, body }: LinkCall): Promise<Result<Json, Refusal>> {
    const question = LEASE_QUESTION.safeParse(body)
    if (!question.success) return err(BAD_QUESTION)
    const { holds, knowsTime, feed } = question.data
    const lease = await this.#office.ask(home, peer, holds, knowsTime)
    if (!lease.ok) return lease
    return ok({ lease: { ...lease.value }, lacks: await lacks(this.#parts.store, home, peer, feed) } as Json)
  }

  /** Those whom it concerns ask again at once; who does not hear of it, asks in a while. */
  #announce(lease: Lease): void {
    const { hub, onMoved } = this.#parts
    onMoved(lease)
    for (const node of this.#nodesOf(lease.home)) {
      void hub().callNode(node, lease.home, LEASE_NEWS, { epoch: lease.epoch }, NEWS_TIMEOUT_MS)
    }
  }
}
