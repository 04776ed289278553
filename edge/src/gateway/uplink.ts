/** The gateway's line to its hub, and what it compares with it. Everything that thinks is in shared; this names the place and reads the token. */
import { readFileSync, statSync } from 'node:fs'
import {
  AcknowledgedRows,
  AntiEntropy,
  type CallHandlers,
  Comparing,
  type Comparison,
  type Engine,
  UplinkLoop,
} from '@holdfast/shared/engine'
import { DEFAULT_TIMING, MAX_FRAME_BYTES } from '@holdfast/shared/link'
import type { Store } from '@holdfast/shared/ports'
import { dialWebSocket, systemClock, systemRandom, using } from '@holdfast/shared/system'
import type { Refusal, Result } from '@holdfast/shared/values'
import type { Logger } from 'pino'
import type { GatewayConfig } from '../config.ts'

const HANDSHAKE_TIMEOUT_MS = 5_000

export interface LinePlan {
  readonly config: GatewayConfig
  readonly engine: Engine
  readonly store: Store
  readonly life: number
  readonly log: Logger
  readonly handlers: CallHandlers
  readonly onLive: () => void
  /** The line has ended. */
  readonly onLost: (hub: string) => void
}

export interface HubLine {
  readonly uplink: UplinkLoop
  readonly comparing: Comparing
  readonly entropy: AntiEntropy
}

export const openLine = async ({ config, engine, store, life, log, handlers, onLive, onLost }: LinePlan): Promise<HubLine | undefined> => {
  const { hub, node, facility } = config
  if (hub === undefined) return undefined
  const token = await using('hub.tokenFile', () => readSecret(hub.tokenFile))
  const rows = new AcknowledgedRows(store, systemClock)
  const { pingMs, silenceMs, maxRetryMs } = hub
  engine.outlet.release.inherit(facility, await rows.pendingDocuments(hub.node, facility))
  const entropy = new AntiEntropy(engine, store, systemClock)
  const uplink: UplinkLoop = new UplinkLoop({
    engine,
    store,
    clock: systemClock,
    random: systemRandom,
    hub: hub.node,
    handlers,
    dial: dialWebSocket({
      url: hub.url,
      token,
      maxFrameBytes: MAX_FRAME_BYTES,
      handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
    }),
    settings: {
      node,
      life: String(life),
      homes: [facility],
      timing: { ...DEFAULT_TIMING, pingMs, silenceMs, maxRetryMs },
    },
    backlogs: new Map([[facility, await rows.backlogOf(hub.node, facility)]]),
    onAcknowledged: (home, sequence) => rows.note(hub.node, home, sequence),
    outlet: engine.outlet,
    onStatus: ({ state, pending, lastError, nextTryInMs }) => {
      if (state === 'backing-off' || state === 'offline') onLost(hub.node)
      log.info({ state, pending, nextTryInMs, error: lastError?.reason.message }, `the line to ${hub.node} is ${state}`)
      if (state === 'live') onLive()
    },
    onParted: () => comparing.soon(),
  })
  const comparing: Comparing = new Comparing({
    entropy,
    homes: [facility],
    caller: uplink,
    clock: systemClock,
    everyMs: hub.compareEveryMs,
    onCompared: (home, compared) => noteComparison(log, home, compared),
  })
  return { uplink, comparing, entropy }
}

const noteComparison = (log: Logger, home: string, compared: Result<Comparison, Refusal>): void => {
  if (!compared.ok) return log.warn({ home, error: compared.error }, 'the hub could not be compared with')
  const { differing, unhealed, forked } = compared.value
  if (differing + unhealed.length + forked.length > 0) log.warn({ home, ...compared.value }, 'the hub held other things than this gateway')
}

const GROUP_OR_OTHERS = 0o077

/** Throws when others can read it: a token that leaked must not be used as if it had not. */
const readSecret = (path: string): string => {
  const { mode } = statSync(path)
  if ((mode & GROUP_OR_OTHERS) !== 0) {
    throw new Error(`${path} has mode ${(mode & 0o777).toString(8)}; it must be 600, for nobody but its owner`)
  }
  return readFileSync(path, 'utf8').trim()
}
