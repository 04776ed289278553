/** The API's questions about who runs a facility, answered by the coordinator: it asks the holder to hand over, and waits for the grant. */
import { HAND_OVER, type Hub, type HubLeases } from '@holdfast/shared/engine'
import type { AuthorityDesk, AuthorityView } from '@holdfast/shared/http'
import type { Clock } from '@holdfast/shared/ports'
import { err, ok, type Refusal, type Result, refusal } from '@holdfast/shared/values'
import { type FacilityConfig, gatewaysOf } from '../config.ts'

/** The holder's calls to functions may take a while to end. */
const HAND_OVER_MS = 15_000
const GRANT_MS = 10_000
const LOOK_MS = 50

export interface AuthorityDeskParts {
  readonly facilities: readonly FacilityConfig[]
  readonly leases: HubLeases
  readonly hub: Hub
  readonly clock: Clock
  /** Whether a gateway is connected, here or at another coordinator. */
  readonly isLive: (gateway: string) => boolean
}

export const authorityDesk = ({ facilities, leases, hub, clock, isLive }: AuthorityDeskParts): AuthorityDesk => {
  const viewOf = (facility: FacilityConfig): AuthorityView => {
    const lease = leases.leaseOf(facility.id)
    const { id, holdover } = facility
    const gateways = gatewaysOf(facility).map(({ node }) => ({ node, connected: isLive(node) }))
    if (lease === undefined) return { facility: id, epoch: 1, holder: facility.node, vacant: false, holdover, gateways }
    const { epoch, holder, vacant, since } = lease
    return { facility: id, epoch, holder, vacant, holdover: lease.holdover, since, gateways }
  }
  const of = (facility: string): AuthorityView | undefined => {
    const known = facilities.find(({ id }) => id === facility)
    return known && viewOf(known)
  }
  const outcome = (facility: string): Result<AuthorityView, Refusal> => {
    const view = of(facility)
    return view === undefined ? err(refusal('fix-request', 'unknown-facility', `No facility named ${facility} is known here.`)) : ok(view)
  }
  const granted = async (facility: string, after: number): Promise<Result<AuthorityView, Refusal>> => {
    for (let waitedMs = 0; waitedMs < GRANT_MS; waitedMs += LOOK_MS) {
      if ((leases.leaseOf(facility)?.epoch ?? 0) > after) return outcome(facility)
      await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve))
    }
    return err(refusal('retry-later', 'unknown-outcome', 'It was given up, and what the holder wrote has not arrived here yet.'))
  }
  return {
    of,
    handOver: async (facility, to, by) => {
      const fit = leases.checkHeir(facility, to)
      if (!fit.ok) return fit
      const before = leases.leaseOf(facility)?.epoch ?? 1
      const given = await hub.call(facility, HAND_OVER, { to, by }, HAND_OVER_MS)
      return given.ok ? granted(facility, before) : given
    },
    declareLost: async (facility, will, by) => {
      const lost = await leases.declareLost(facility, { ...will, by })
      return lost.ok ? outcome(facility) : lost
    },
  }
}
