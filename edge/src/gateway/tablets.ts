/**
 * The gateway as a hub: nodes enrolled behind it (tablets, mostly) link to it as it links to its own hub, by the same code. What they
 * write are proposals and text; the gateway judges them, cloud or no cloud, and passes them on with its own.
 */
import { MAX_UPDATE_BYTES, type Rights } from '@holdfast/shared/document'
import { type CallHandlers, type Engine, Hub, type UplinkLoop } from '@holdfast/shared/engine'
import { type Neighbour, PRESENCE } from '@holdfast/shared/http'
import { DEFAULT_TIMING } from '@holdfast/shared/link'
import type { Store } from '@holdfast/shared/ports'
import { type EnrolledChild, systemClock } from '@holdfast/shared/system'
import type { GatewayConfig } from '../config.ts'

/** Presence is told, not asked for. */
const TELL_TIMEOUT_MS = 10_000

export const tabletsOf = ({ facility, tablets }: GatewayConfig): readonly EnrolledChild[] =>
  tablets.map(({ node, tokenHash, mayFollow }) => ({
    node,
    homes: [facility],
    tokenHash,
    ...(mayFollow === undefined ? {} : { mayFollow }),
  }))

export interface TabletHubPlan {
  readonly config: GatewayConfig
  readonly engine: Engine
  readonly store: Store
  readonly handlers: CallHandlers
  /** The line to a tablet has ended. */
  readonly onLost: (tablet: string) => void
}

export const openTabletHub = async ({ config, engine, store, handlers, onLost }: TabletHubPlan): Promise<Hub> => {
  const hub: Hub = await Hub.open({
    node: config.node,
    engine,
    store,
    clock: systemClock,
    timing: { ...DEFAULT_TIMING, ...config.tabletTiming },
    children: tabletsOf(config),
    handlers,
    onChange: (node) => {
      if (hub.condition(node).state !== 'live') onLost(node)
    },
  })
  return hub
}

/** Whom this gateway has a line to at this moment. */
export const neighboursOf = (config: GatewayConfig, uplink: UplinkLoop | undefined, tablets: Hub): readonly Neighbour[] => {
  const below = config.tablets.map(({ node }) => node).filter((node) => tablets.condition(node).state === 'live')
  const all: Neighbour[] = below.map((node) => ({
    node,
    tell: (home, body) => void tablets.callNode(node, home, PRESENCE, body, TELL_TIMEOUT_MS),
  }))
  if (uplink?.status.state !== 'live') return all
  return [...all, { node: config.hub?.node ?? '', tell: (home, body) => void uplink.call(home, PRESENCE, body, TELL_TIMEOUT_MS) }]
}

/** What a node may write into the facility's documents: the hub whatever it accepted, a tablet proposals and text of its own. */
export const rightsAt =
  (config: GatewayConfig) =>
  (peer: string): Rights => {
    const common = { mayPropose: true, mayWriteText: true, maxBytes: MAX_UPDATE_BYTES, returning: new Set([config.nodeNumber]) }
    const tablet = config.tablets.find(({ node }) => node === peer)
    if (tablet !== undefined) return { ...common, nodes: new Set([tablet.nodeNumber]), authority: false }
    // What the hub accepted is never refused below it: it lets nobody write under an epoch that was not granted.
    return { ...common, nodes: 'any', authority: true, acknowledged: new Map() }
  }
