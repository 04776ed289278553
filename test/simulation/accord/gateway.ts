/** A gateway's program: the keeper of its lease, an engine under that authority, the uplink. */
import {
  AcknowledgedRows,
  answerProbe,
  type CallHandler,
  EngineTenure,
  HandingOver,
  LEASE_NEWS,
  LeaseKeeper,
  openEngine,
  PROBE,
  Reader,
  UplinkLoop,
} from '@holdfast/shared/engine'
import { DEFAULT_TIMING } from '@holdfast/shared/link'
import { ok } from '@holdfast/shared/values'
import { dialFrom } from '../world/gateway.ts'
import { rightsOfHub } from '../world/rights.ts'
import { type AccordFrame, DEFINITIONS, type GATEWAYS, HOME, HUB, honest, STANDBY } from './frame.ts'
import { numberOf } from './hub.ts'
import type { Booted, Program } from './machine.ts'
import { timed } from './timed.ts'

export interface GatewayProgram extends Program {
  readonly keeper: LeaseKeeper
  readonly uplink: UplinkLoop
  readonly handing: HandingOver
}

export const bootGateway = async (
  { network, plant }: AccordFrame,
  node: (typeof GATEWAYS)[number],
  { number, process, clock, store, random }: Booted,
): Promise<GatewayProgram | undefined> => {
  const kept = plant.keeperClock?.(clock) ?? honest(clock)
  const keeper = await LeaseKeeper.open({ store, clock: kept.clock, node, home: HOME, standby: node === STANDBY })
  const opened = await openEngine({
    ...{ node, nodeNumber: numberOf(node), authority: keeper, hasHub: true },
    ...{ clock, store, random, definitions: DEFINITIONS, functions: new Map(), heartbeatMs: 5_000 },
    rightsOf: () => ({ ...rightsOfHub, authority: true }),
  })
  if (!opened.ok) return undefined
  const { engine } = opened.value
  if (plant.releasesEarly) engine.onCommitted(() => engine.outlet.acknowledged(HOME, Number.MAX_SAFE_INTEGER))
  const handlers = new Map<string, CallHandler>([[PROBE, answerProbe({ engine, store, clock })]])
  const rows = new AcknowledgedRows(store, clock)
  const uplink = new UplinkLoop({
    ...{ engine, store, clock, random, handlers, hub: HUB, outlet: engine.outlet, dial: dialFrom(network, process, HUB) },
    settings: { node, life: `${number}`, homes: [HOME], timing: DEFAULT_TIMING },
    backlogs: new Map([[HOME, await rows.backlogOf(HUB, HOME)]]),
    onAcknowledged: (home, sequence) => rows.note(HUB, home, sequence),
    onStatus: ({ state }) => (state === 'live' ? keeper.askSoon() : undefined),
  })
  const caller = timed(uplink, clock, kept.answered)
  const onTurned = (): void => undefined
  const handing = new HandingOver({ engine, clock, keeper, home: HOME, caller: uplink, sendAgentsAway: onTurned })
  handlers.set(LEASE_NEWS, async () => {
    keeper.askSoon()
    return ok({})
  })
  keeper.start(caller, new EngineTenure({ engine, store, home: HOME, hub: HUB, onTurned }))
  uplink.start()
  return { engine, keeper, uplink, handing, reader: new Reader({ engine, store, clock, caller: uplink, isHub: false }) }
}
