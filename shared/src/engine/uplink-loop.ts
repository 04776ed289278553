/**
 * The child's end of the link, running: carries out what the machine in link/uplink.ts says, and tells it what happened. One loop for
 * a real gateway and for a simulated one; only `dial` differs.
 */
import type { Line } from '../consistency/index.ts'
import {
  type Backlog,
  FRAMES_BURST,
  FRAMES_PER_SECOND,
  type Interest,
  isOtherHub,
  MAX_BUFFERED_BYTES,
  openUplink,
  type SessionInput,
  settledByHub,
  stepUplink,
  type Uplink,
  type UplinkInput,
  type UplinkOutput,
  type UplinkSettings,
  type UplinkStatus,
  uplinkStatus,
} from '../link/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { Store } from '../ports/store.ts'
import type { Connection, Dial } from '../ports/transport.ts'
import { Allowance } from '../values/allowance.ts'
import type { Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { CallDesk, type CallHandlers, type LinkCaller } from './call-desk.ts'
import { type LinkedEngine, LinkPort } from './link-port.ts'
import type { Outlet } from './outlet.ts'

export interface UplinkLoopParts {
  readonly engine: LinkedEngine
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly dial: Dial
  /** Name under which this node remembers its hub's feeds. */
  readonly hub: string
  readonly settings: UplinkSettings
  /** Answers to the hub's calls. */
  readonly handlers?: CallHandlers
  /** What each home's feed holds unacknowledged, as far as an earlier run of this node knew. */
  readonly backlogs?: ReadonlyMap<string, Backlog>
  /** The hub holds a home's feed up to here. */
  readonly onAcknowledged?: (home: string, sequence: number) => void
  /** Told how far the hub is, what it refuses and whether it can be reached. */
  readonly outlet?: Pick<Outlet, 'acknowledged' | 'refused' | 'line'>
  /** What of the homes this node wants to hold, asked at each session's start; without it, all. */
  readonly interests?: () => Promise<readonly Interest[]>
  /** The two ends may hold different things, whatever their cursors say. */
  readonly onParted?: () => void
  /** Called when the link's condition may have changed. */
  readonly onStatus?: (status: UplinkStatus) => void
}

export class UplinkLoop implements LinkCaller {
  readonly #parts: UplinkLoopParts
  readonly #desk: CallDesk
  readonly #port: LinkPort
  readonly #stopListening: () => void
  #uplink: Uplink
  #connection: { readonly session: number; readonly socket: Connection } | undefined
  #cancelWake: () => void = () => {}

  constructor(parts: UplinkLoopParts) {
    this.#parts = parts
    this.#desk = new CallDesk(parts.handlers)
    this.#port = new LinkPort(parts.engine, parts.store, parts.clock, () => parts.onParted?.())
    this.#uplink = openUplink(parts.settings, parts.backlogs)
    this.#stopListening = parts.engine.onCommitted(({ feeds }) => {
      for (const home of parts.settings.homes) {
        const origins = feeds.get(home)
        if (origins !== undefined) void this.#port.growth(parts.hub, home, origins).then((grown) => this.#step(grown))
      }
    })
  }

  start(): void {
    this.#step({ type: 'start' })
  }

  /** Says goodbye and dials no more. */
  stop(): void {
    this.#stopListening()
    this.#step({ type: 'stop' })
    this.#cancelWake()
  }

  call(home: string, kind: string, body: Json, timeoutMs: number): Promise<Result<Json, Refusal>> {
    return this.#desk.call((input) => this.#step(input), home, kind, body, timeoutMs)
  }

  /** What this node wants has changed: it greets anew. */
  regreet(): void {
    this.#step({ type: 'stop' })
    this.#step({ type: 'start' })
  }

  get status(): UplinkStatus {
    return uplinkStatus(this.#uplink, this.#parts.clock.now())
  }

  #step(input: UplinkInput): void {
    const { clock, random } = this.#parts
    const before = this.#uplink.state
    const { state, outputs } = stepUplink(this.#uplink, input, { ...clock.now(), random: random.u32() })
    this.#uplink = state
    for (const output of outputs) this.#carryOut(output)
    this.#cutOffIfClogged()
    if (state.state.name !== before.name) this.#noteChange()
    if (isOtherHub(before, state.state)) this.#parts.onParted?.()
    for (const { home, upTo } of settledByHub(state)) this.#parts.outlet?.acknowledged(home, upTo)
  }

  #noteChange(): void {
    const { outlet, onStatus, clock } = this.#parts
    const { status } = this
    if (outlet !== undefined) outlet.line = lineOf(status, clock.now().monotonic)
    onStatus?.(status)
  }

  #cutOffIfClogged(): void {
    const { session, socket } = this.#connection ?? {}
    if (session === undefined || socket === undefined) return
    if (socket.bufferedBytes > MAX_BUFFERED_BYTES * this.#parts.settings.homes.length) this.#cutOff(session, 1013, 'reads too slowly')
  }

  /** Without a farewell; the machine says why, backs off and tries again. */
  #cutOff(session: number, code: number, reason: string): void {
    this.#disconnect(session, code, reason)
    this.#step({ type: 'closed', code, reason, session })
  }

  #received(session: number, bytes: Uint8Array, allowance: Allowance): void {
    if (this.#connection?.session !== session) return
    if (allowance.take(1, this.#parts.clock.now().monotonic)) this.#step({ type: 'received', bytes, session })
    else this.#cutOff(session, 1008, 'too many frames')
  }

  #carryOut(output: UplinkOutput): void {
    const { session } = output
    switch (output.type) {
      case 'connect':
        return this.#connect(session)
      case 'send':
        if (this.#connection?.session === session) this.#connection.socket.send(output.bytes)
        return
      case 'disconnect':
        return this.#disconnect(session, output.code, output.reason)
      case 'load-cursors':
        return this.#answer(session, this.#loadCursors(output.homes))
      case 'wake-at':
        return this.#wakeAt(output.monotonic)
      case 'asked':
        return this.#answer(session, this.#desk.serve(this.#parts.hub, output))
      case 'call-ended':
        return this.#desk.ended(output)
      case 'acknowledged':
        return this.#parts.onAcknowledged?.(output.home, output.sequence)
      default:
        if (output.type === 'rejected') this.#parts.outlet?.refused(output.home, output.document)
        return this.#answer(session, this.#port.carryOut(this.#parts.hub, output))
    }
  }

  async #loadCursors(homes: readonly string[]): Promise<SessionInput> {
    const interests = await this.#parts.interests?.()
    const recalled = await this.#port.recall(this.#parts.hub, homes)
    return { type: 'cursors', ...recalled, ...(interests === undefined ? {} : { interests }) }
  }

  #answer(session: number, asked: Promise<SessionInput | undefined>): void {
    asked.then(
      (input) => {
        if (input !== undefined) this.#step({ ...input, session })
      },
      // A store that can't be read ends the session.
      (thrown: unknown) => this.#cutOff(session, 1011, `store unreadable: ${thrown instanceof Error ? thrown.message : String(thrown)}`),
    )
  }

  #connect(session: number): void {
    const allowance = new Allowance(FRAMES_PER_SECOND, FRAMES_BURST, this.#parts.clock.now().monotonic)
    const socket = this.#parts.dial({
      onOpen: () => this.#step({ type: 'connected', session }),
      onMessage: (bytes) => this.#received(session, bytes, allowance),
      onClose: (code, reason) => this.#step({ type: 'closed', code, reason, session }),
    })
    this.#connection = { session, socket }
  }

  #disconnect(session: number, code: number, reason: string): void {
    if (this.#connection?.session !== session) return
    this.#connection.socket.close(code, reason)
    this.#connection = undefined
  }

  #wakeAt(monotonic: number): void {
    this.#cancelWake()
    const delayMs = Math.max(0, monotonic - this.#parts.clock.now().monotonic)
    this.#cancelWake = this.#parts.clock.after(delayMs, () => this.#step({ type: 'wake' }))
  }
}

const lineOf = ({ state, nextTryInMs }: UplinkStatus, now: number): Line => {
  if (state === 'live') return { state: 'live' }
  return { state: 'cut', since: now, ...(nextTryInMs === undefined ? {} : { nextTryInMs }) }
}
