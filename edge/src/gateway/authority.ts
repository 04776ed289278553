/** The gateway's authority over its facility: what it holds, how it asks for it, and how it is given away. */
import {
  type CallHandler,
  DECLARE_LOST,
  type Engine,
  EngineTenure,
  HAND_OVER,
  HandingOver,
  LEASE_NEWS,
  type LeaseKeeper,
  type UplinkLoop,
} from '@holdfast/shared/engine'
import type { AuthorityDesk, AuthorityView } from '@holdfast/shared/http'
import type { Clock, Store } from '@holdfast/shared/ports'
import { err, type Json, ok, type Refusal, type Result, refusal } from '@holdfast/shared/values'
import { z } from 'zod'

export interface AuthorityParts {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  readonly keeper: LeaseKeeper
  readonly facility: string
  readonly node: string
  readonly hub: string
  readonly uplink: UplinkLoop | undefined
  readonly handlers: Map<string, CallHandler>
  /** Told whether it runs the facility from now on. */
  readonly onTurned: (holds: boolean) => void
}

const LOST_TIMEOUT_MS = 5_000
const NO_HUB = refusal('ask-person', 'no-hub', 'Without a hub there is nobody to hand it over to.')

const will = z.strictObject({ to: z.string(), by: z.string() })

/** Begins to ask for the facility, and answers the hub; what it gives is for the API. */
export const openAuthority = ({ engine, store, clock, keeper, facility, node, hub, uplink, handlers, onTurned }: AuthorityParts) => {
  const sendAgentsAway = (): void => onTurned(false)
  const handing = uplink && new HandingOver({ engine, clock, keeper, home: facility, caller: uplink, sendAgentsAway })
  const handOver = async (to: string, by: string): Promise<Result<number, Refusal>> => {
    if (handing === undefined) return err(NO_HUB)
    const done = await handing.run(to, by)
    if (!done.ok && keeper.isAuthority(facility)) onTurned(true)
    return done
  }
  const view = (): AuthorityView => {
    const { holding: holds, epoch, holdover } = keeper.holder
    const decides = keeper.standing(facility).mayDecide
    return { facility, epoch, ...(holds ? { holder: node } : {}), vacant: false, holdover, decides }
  }
  handlers.set(LEASE_NEWS, async () => {
    keeper.askSoon()
    return ok({})
  })
  handlers.set(HAND_OVER, async ({ body }) => {
    const asked = will.safeParse(body)
    if (!asked.success) return err(refusal('fix-request', 'bad-question', 'To whom, and who says so?'))
    const done = await handOver(asked.data.to, asked.data.by)
    return done.ok ? ok({ epoch: done.value }) : done
  })
  if (uplink !== undefined) keeper.start(uplink, new EngineTenure({ engine, store, home: facility, hub, onTurned }))
  const desk: AuthorityDesk = {
    of: (asked) => (asked === facility ? view() : undefined),
    handOver: async (_facility, to, by) => {
      const done = await handOver(to, by)
      return done.ok ? ok(view()) : done
    },
    declareLost: async (_facility, said, by) => {
      const lost = await (uplink?.call(facility, DECLARE_LOST, { ...said, by } as Json, LOST_TIMEOUT_MS) ?? err(NO_HUB))
      return lost.ok ? ok(view()) : lost
    },
  }
  return desk
}
