/**
 * The gateway as a hub: nodes enrolled behind it (tablets, mostly) link to it as it links to its own hub, by the same code. What they
 * write are proposals and text; the gateway judges them, cloud or no cloud, and passes them on with its own.
 */
import { MAX_UPDATE_BYTES, type Rights } from '@holdfast/shared/document'
import { type CallHandlers, type Engine, Hub } from '@holdfast/shared/engine'
import { DEFAULT_TIMING } from '@holdfast/shared/link'
import type { Store } from '@holdfast/shared/ports'
import { type EnrolledChild, systemClock } from '@holdfast/shared/system'
import type { GatewayConfig } from '../config.ts'

export const tabletsOf = ({ facility, tablets }: GatewayConfig): readonly EnrolledChild[] =>
  tablets.map(({ node, tokenHash, mayFollow }) => ({
    node,
    homes: [facility],
    tokenHash,
    ...(mayFollow === undefined ? {} : { mayFollow }),
  }))

export const openTabletHub = (config: GatewayConfig, engine: Engine, store: Store, handlers: CallHandlers): Promise<Hub> =>
  Hub.open({
    node: config.node,
    engine,
    store,
    clock: systemClock,
    timing: { ...DEFAULT_TIMING, ...config.tabletTiming },
    children: tabletsOf(config),
    handlers,
  })

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
