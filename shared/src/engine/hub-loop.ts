/**
 * The parent's end of one connection, running: carries out what the machine in link/hub-session.ts says. The hub makes one for each
 * connection, tells it how feeds grow, and forgets it when `onEnded` is called.
 */
import {
  FRAMES_BURST,
  FRAMES_PER_SECOND,
  type HubInput,
  type HubOutput,
  type HubSession,
  type HubSettings,
  hubSessionStatus,
  MAX_BUFFERED_BYTES,
  openHubSession,
  settledOf,
  stepHubSession,
} from '../link/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connection } from '../ports/transport.ts'
import { Allowance } from '../values/allowance.ts'
import type { Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { CallDesk, type CallHandlers, type LinkCaller } from './call-desk.ts'
import type { LinkPort } from './link-port.ts'

export interface HubLoopParts {
  readonly port: LinkPort
  readonly clock: Clock
  readonly settings: HubSettings
  readonly connection: Connection
  /** Answers to the child's calls. */
  readonly handlers?: CallHandlers
  readonly onEnded: () => void
  /** Called for every frame the child sends. */
  readonly onHeard?: () => void
  /** The child holds a home's feed up to here. */
  readonly onAcknowledged?: (home: string, sequence: number) => void
  /** The child held more of a home's feed than there is: up to here, it is to be sent again. */
  readonly onRolledBack?: (home: string, end: number) => void
}

export class HubLoop implements LinkCaller {
  readonly #parts: HubLoopParts
  readonly #desk: CallDesk
  readonly #allowance: Allowance
  #session: HubSession
  #cancelWake: () => void = () => {}

  constructor(parts: HubLoopParts) {
    this.#parts = parts
    const { settings, clock } = parts
    this.#desk = new CallDesk(parts.handlers)
    this.#allowance = new Allowance(FRAMES_PER_SECOND, FRAMES_BURST, clock.now().monotonic)
    const opened = openHubSession(settings, clock.now())
    this.#session = opened.state
    for (const output of opened.outputs) this.#carryOut(output)
  }

  call(home: string, kind: string, body: Json, timeoutMs: number): Promise<Result<Json, Refusal>> {
    return this.#desk.call((input) => this.#step(input), home, kind, body, timeoutMs)
  }

  received(bytes: Uint8Array): void {
    if (this.#hasEnded()) return
    if (!this.#allowance.take(1, this.#parts.clock.now().monotonic)) return this.#cutOff(1008, 'too many frames')
    this.#parts.onHeard?.()
    this.#step({ type: 'received', bytes })
  }

  grew(growth: Extract<HubInput, { type: 'feed-grew' }>): void {
    this.#step(growth)
  }

  closed(code: number, reason: string): void {
    this.#step({ type: 'closed', code, reason })
    this.#end()
  }

  stop(): void {
    this.#step({ type: 'stop' })
    this.#end()
  }

  get status(): ReturnType<typeof hubSessionStatus> {
    return hubSessionStatus(this.#session, this.#parts.clock.now())
  }

  /** Up to here of a home's feed the child lacks nothing; undefined while no session lives. */
  settledUpTo(home: string): number | undefined {
    return settledOf(this.#session, home)
  }

  #end(): void {
    this.#cancelWake()
    this.#parts.onEnded()
  }

  #step(input: HubInput): void {
    const { state, outputs } = stepHubSession(this.#session, input, this.#parts.clock.now())
    this.#session = state
    for (const output of outputs) this.#carryOut(output)
    const { connection, settings } = this.#parts
    const isClogged = connection.bufferedBytes > MAX_BUFFERED_BYTES * settings.principal.homes.length
    if (isClogged && !this.#hasEnded()) this.#cutOff(1013, 'reads too slowly')
  }

  #hasEnded(): boolean {
    return this.#session.state.name === 'ended'
  }

  /** Without a farewell: the peer does not listen, or asks too much. */
  #cutOff(code: number, reason: string): void {
    this.#parts.connection.close(code, reason)
    this.closed(code, reason)
  }

  #carryOut(output: HubOutput): void {
    const { connection, clock, port, settings } = this.#parts
    switch (output.type) {
      case 'send':
        return connection.send(output.bytes)
      case 'admit':
        return this.#answer(this.#admit(output))
      case 'disconnect':
        return connection.close(output.code, output.reason)
      case 'wake-at':
        this.#cancelWake()
        this.#cancelWake = clock.after(Math.max(0, output.monotonic - clock.now().monotonic), () => this.#step({ type: 'wake' }))
        return
      case 'acknowledged':
        return this.#parts.onAcknowledged?.(output.home, output.sequence)
      case 'rolled-back':
        this.#parts.onRolledBack?.(output.home, output.end)
        return this.#answer(port.carryOut(settings.principal.node, output))
      case 'asked':
        return this.#answer(this.#desk.serve(settings.principal.node, output))
      case 'call-ended':
        return this.#desk.ended(output)
      default:
        return this.#answer(port.carryOut(settings.principal.node, output))
    }
  }

  async #admit({ homes, interests }: Extract<HubOutput, { type: 'admit' }>): Promise<HubInput> {
    const { port, settings } = this.#parts
    await port.admit(settings.principal.node, homes, interests)
    return { type: 'cursors', ...(await port.recall(settings.principal.node, homes)) }
  }

  #answer(asked: Promise<HubInput | undefined>): void {
    asked.then(
      (input) => {
        if (input !== undefined) this.#step(input)
      },
      () => this.#cutOff(1011, 'store unreadable'),
    )
  }
}
