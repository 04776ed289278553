/** The gateway's line to its hub. Everything that thinks is in the link's machines; this names the place and reads the token. */
import { readFileSync, statSync } from 'node:fs'
import { AcknowledgedRows, type CallHandlers, type Engine, UplinkLoop } from '@holdfast/shared/engine'
import { DEFAULT_TIMING, MAX_FRAME_BYTES } from '@holdfast/shared/link'
import type { Store } from '@holdfast/shared/ports'
import { dialWebSocket, systemClock, systemRandom, using } from '@holdfast/shared/system'
import type { Logger } from 'pino'
import type { GatewayConfig } from '../config.ts'

const HANDSHAKE_TIMEOUT_MS = 5_000

export interface UplinkPlan {
  readonly config: GatewayConfig
  readonly engine: Engine
  readonly store: Store
  readonly life: number
  readonly log: Logger
  readonly handlers: CallHandlers
  readonly onLive: () => void
}

export const openUplink = async ({ config, engine, store, life, log, handlers, onLive }: UplinkPlan): Promise<UplinkLoop | undefined> => {
  const { hub, node, facility } = config
  if (hub === undefined) return undefined
  const token = await using('hub.tokenFile', () => readSecret(hub.tokenFile))
  const rows = new AcknowledgedRows(store, systemClock)
  const { pingMs, silenceMs, maxRetryMs } = hub
  return new UplinkLoop({
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
      generation: store.generation,
      homes: [facility],
      timing: { ...DEFAULT_TIMING, pingMs, silenceMs, maxRetryMs },
    },
    backlogs: new Map([[facility, await rows.backlogOf(hub.node, facility)]]),
    onAcknowledged: (home, sequence) => rows.note(hub.node, home, sequence),
    outlet: engine.outlet,
    onStatus: ({ state, pending, lastError, nextTryInMs }) => {
      log.info({ state, pending, nextTryInMs, error: lastError?.reason.message }, `the line to ${hub.node} is ${state}`)
      if (state === 'live') onLive()
    },
  })
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
