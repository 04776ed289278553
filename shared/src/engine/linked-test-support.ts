/**
 * Two or more nodes of `test-support.ts` with lines between them, in one process and on one clock. A line carries messages a millisecond
 * later; it can be cut, fall silent, or be refused at the door. Stores are handed in.
 */
import { fixedAuthority } from '../consistency/fixed.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Rights } from '../document/rights.ts'
import { DEFAULT_TIMING, type Timing } from '../link/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Connection, ConnectionHandlers, Dial } from '../ports/transport.ts'
import type { CallHandlers } from './call-desk.ts'
import { type Child, Hub } from './hub.ts'
import { ALL_RIGHTS, ControlledStore, HOME, ManualClock, TestNode } from './test-support.ts'
import { UplinkLoop } from './uplink-loop.ts'

export const CLOUD = 'cloud'
export const GATE = 'gate'
const GATE_NUMBER = 2

type Line = 'open' | 'cut' | 'silent' | { readonly refusedWith: number }

/** The way from a child to its hub. */
export class TestLine {
  readonly #clock: ManualClock
  readonly #accept: (connection: Connection) => ConnectionHandlers
  #line: Line = 'open'
  #hangUp: (() => void) | undefined
  bytes = 0

  constructor(clock: ManualClock, accept: (connection: Connection) => ConnectionHandlers) {
    this.#clock = clock
    this.#accept = accept
  }

  /** `cut` ends the present connection, and no new one opens; `silent` loses every message and tells nobody. */
  set(line: Line): void {
    this.#line = line
    if (line !== 'open' && line !== 'silent') this.#hangUp?.()
  }

  readonly dial: Dial = (child) => {
    let hub: ConnectionHandlers | undefined
    let isOpen = true
    let isCut = false
    const hangUp = (code: number, reason: string): void => {
      if (!isOpen) return
      isOpen = false
      this.#clock.after(1, () => child.onClose(code, reason))
      this.#clock.after(1, () => hub?.onClose(code, reason))
    }
    const towards = (receive: (message: Uint8Array) => void): Connection => ({
      bufferedBytes: 0,
      close: hangUp,
      send: (message) => {
        if (!isOpen) return
        this.bytes += message.length
        this.#clock.after(1, () => {
          if (!isCut && this.#line === 'open') receive(message)
        })
      },
    })
    this.#clock.after(1, () => {
      const line = this.#line
      if (line === 'silent') return
      if (line !== 'open') return typeof line === 'string' ? hangUp(1006, '') : hangUp(line.refusedWith, 'refused')
      this.#hangUp = () => {
        isCut = true
        hangUp(1006, '')
      }
      hub = this.#accept(towards((message) => child.onMessage(message)))
      child.onOpen()
    })
    return towards((message) => hub?.onMessage(message))
  }
}

export interface PairOptions {
  readonly definitions: readonly CompiledDefinition[]
  readonly gateStore: Store
  readonly cloudStore: Store
  /** By how much the hub's wall clock is ahead. */
  readonly hubAheadMs?: number
  /** What the gateway's line speaks for, and what the hub enrolled it for. */
  readonly homes?: readonly string[]
  readonly enrolledFor?: readonly string[]
  readonly timing?: Partial<Timing>
  readonly hubHandlers?: CallHandlers
  readonly gateHandlers?: CallHandlers
}

/** A gateway, authority of its home, and its hub. */
export class LinkedPair {
  readonly clock: ManualClock
  readonly gate: TestNode
  readonly cloud: TestNode
  readonly hub: Hub
  readonly line: TestLine
  readonly uplink: UplinkLoop

  private constructor(clock: ManualClock, gate: TestNode, cloud: TestNode, options: PairOptions) {
    this.clock = clock
    this.gate = gate
    this.cloud = cloud
    const timing = { ...DEFAULT_TIMING, ...options.timing }
    const child: Child = { node: GATE, homes: options.enrolledFor ?? [HOME] }
    const { store, engine } = cloud
    const handlers = options.hubHandlers ?? new Map()
    const hubClock = ahead(clock, options.hubAheadMs ?? 0)
    this.hub = new Hub({ node: CLOUD, engine, store, clock: hubClock, timing, children: [child], handlers })
    this.line = new TestLine(clock, (connection) => this.hub.accept(child, connection))
    this.uplink = new UplinkLoop({
      engine: gate.engine,
      store: gate.store,
      clock,
      random: { u32: () => 7 },
      dial: this.line.dial,
      hub: CLOUD,
      outlet: gate.engine.outlet,
      handlers: options.gateHandlers ?? new Map(),
      settings: { node: GATE, life: '1', homes: options.homes ?? [HOME], timing },
    })
  }

  static async open(options: PairOptions, clock = new ManualClock()): Promise<LinkedPair> {
    const { definitions, gateStore, cloudStore } = options
    const cloud = { node: CLOUD, nodeNumber: 1, authority: fixedAuthority([]), definitions, store: new ControlledStore(cloudStore) }
    const rightsOf = (): Rights => ({ ...ALL_RIGHTS, authority: false, acknowledged: new Map(), returning: new Set([GATE_NUMBER]) })
    const gate = { node: GATE, nodeNumber: GATE_NUMBER, hasHub: true, definitions, store: new ControlledStore(gateStore), rightsOf }
    return new LinkedPair(clock, await TestNode.open(gate, clock), await TestNode.open(cloud, clock), options)
  }

  async connect(): Promise<void> {
    this.uplink.start()
    await this.clock.advance(100)
  }
}

const ahead = (clock: ManualClock, ms: number): Clock => ({
  now: () => ({ wall: clock.now().wall + ms, monotonic: clock.now().monotonic }),
  after: (delayMs, callback) => clock.after(delayMs, callback),
})
