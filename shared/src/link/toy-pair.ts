/**
 * Two machines, two toy stores and a bad network between them, in one process and without time of its own.
 *
 * What a test may make it do: cut a connection at any message, tell either side of it late or never, deliver an old session's
 * messages after a new one began, fail a commit, kill either process between any two jobs (its store stays), let time pass.
 */
import { refusal } from '../values/refusal.ts'
import { emptyBacklog, grow } from './backlog.ts'
import { decodeDown } from './codec.ts'
import type { StreamInput, StreamOutput } from './exchange.ts'
import { openHubSession, stepHubSession } from './hub-session.ts'
import type { HubInput, HubOutput, HubSession } from './hub-state.ts'
import { type UplinkStatus, uplinkStatus } from './status.ts'
import type { Timing } from './timing.ts'
import { ToyCalls } from './toy-calls.ts'
import { ToyStore } from './toy-store.ts'
import { openUplink, stepUplink } from './uplink.ts'
import type { Moment, Uplink, UplinkInput, UplinkOutput } from './uplink-state.ts'

export const HOME = 'harbour-a'
const TIMING: Timing = { pingMs: 10, silenceMs: 30, stallMs: 30, minRetryMs: 1, maxRetryMs: 20 }

interface Pipe {
  readonly id: number
  readonly up: Uint8Array[]
  readonly down: Uint8Array[]
  hub: HubSession | undefined
  /** The child still listens to it; the hub still listens to it. */
  childOpen: boolean
  hubOpen: boolean
}

type Job = () => void

export class ToyPair {
  readonly gate = new ToyStore('gate')
  readonly cloud = new ToyStore('cloud')
  uplink: Uplink = this.bornUplink()
  pipes: Pipe[] = []
  gateJobs: Job[] = []
  cloudJobs: Job[] = []
  failingCommits = 0
  monotonic = 0
  pushes = 0
  readonly violations: string[] = []
  readonly calls = new ToyCalls()
  private random = 1

  bornUplink(): Uplink {
    const end = this.gate.feed.length
    const mark = { end, count: this.gate.own().length, at: 0 }
    const settings = { node: 'gate', life: 'life', homes: [HOME], timing: TIMING }
    return openUplink(settings, new Map([[HOME, grow(emptyBacklog, mark)]]))
  }

  now(): Moment {
    this.random = (Math.imul(this.random, 1664525) + 1013904223) >>> 0
    return { wall: this.monotonic, monotonic: this.monotonic, random: this.random }
  }

  tell(input: UplinkInput): void {
    const { state, outputs } = stepUplink(this.uplink, input, this.now())
    this.uplink = state
    for (const output of outputs) this.carryOutForChild(output)
  }

  tellHub(pipe: Pipe, input: HubInput): void {
    if (pipe.hub === undefined) return
    const { state, outputs } = stepHubSession(pipe.hub, input, this.now())
    pipe.hub = state
    for (const output of outputs) this.carryOutForHub(pipe, output)
  }

  carryOutForChild(output: UplinkOutput): void {
    const pipe = this.pipes.find(({ id }) => id === output.session)
    const { session } = output
    const job = (act: () => UplinkInput) => this.gateJobs.push(() => this.tell(act()))
    switch (output.type) {
      case 'connect':
        return this.dial(session)
      case 'disconnect':
        if (pipe) pipe.childOpen = false
        return
      case 'send':
        if (pipe?.childOpen) pipe.up.push(output.bytes)
        return
      case 'load-cursors':
        job(() => ({ ...this.gate.recall(), session }))
        return
      case 'acknowledged':
        return this.checkAck(output.sequence, this.cloud)
      case 'asked':
        return void job(() => ({ ...this.calls.serve(output), session }))
      case 'call-ended':
        return this.calls.ended(output)
      case 'wake-at':
        return
      default:
        this.carryOut(this.gate, 'cloud', output, (act) => job(() => ({ ...act(), session })))
    }
  }

  carryOutForHub(pipe: Pipe, output: HubOutput): void {
    const job = (act: () => HubInput) => this.cloudJobs.push(() => this.tellHub(pipe, act()))
    switch (output.type) {
      case 'disconnect':
        pipe.hubOpen = false
        return
      case 'send':
        this.pushes += isPush(output.bytes) ? 1 : 0
        if (pipe.hubOpen) pipe.down.push(output.bytes)
        return
      case 'admit':
        job(() => this.cloud.recall())
        return
      case 'acknowledged':
        return this.checkAck(output.sequence, this.gate)
      case 'asked':
        return void job(() => this.calls.serve(output))
      case 'call-ended':
        return this.calls.ended(output)
      case 'wake-at':
        return
      default:
        this.carryOut(this.cloud, 'gate', output, job)
    }
  }

  carryOut(
    store: ToyStore,
    peer: string,
    output: Exclude<StreamOutput, { type: 'send' | 'acknowledged' | 'asked' | 'call-ended' }>,
    job: (act: () => Exclude<StreamInput, { type: 'feed-grew' }>) => void,
  ): void {
    switch (output.type) {
      case 'read-feed': {
        const { home, after, limit } = output
        return job(() => ({ type: 'feed-page', home, after, entries: store.page(after, limit), end: store.feed.length }))
      }
      case 'commit':
        return job(() => this.commitOrFail(store, peer, output))
      case 'rejected': {
        const { home, generation, sequence } = output
        return job(() => {
          store.rejected.add(sequence)
          return { type: 'rejection-noted', home, generation, sequence }
        })
      }
      case 'rolled-back':
        store.generation += '+'
        return
      case 'forget-refusal': {
        const at = store.unnoted.findIndex((one) => one.sequence === output.sequence && one.generation === output.generation)
        if (at >= 0) store.unnoted.splice(at, 1)
        return
      }
      default:
        output satisfies never
    }
  }

  commitOrFail(
    store: ToyStore,
    peer: string,
    output: Extract<StreamOutput, { type: 'commit' }>,
  ): Exclude<StreamInput, { type: 'feed-grew' }> {
    if (this.failingCommits > 0) {
      this.failingCommits -= 1
      return { type: 'commit-failed', home: output.home, reason: refusal('retry-later', 'disk-full', 'no space left') }
    }
    const before = store.feed.length
    const answer = store.commit(output, peer)
    if (store.feed.length > before) this.grew(store, 0)
    return answer
  }

  /** Nothing is acknowledged before its commit (R3). */
  checkAck(sequence: number, peer: ToyStore): void {
    if (sequence > (peer.cursor?.sequence ?? 0)) this.violations.push(`${peer.name} acknowledged ${sequence} before it was durable`)
  }

  grew(store: ToyStore, count: number): void {
    const input: StreamInput = { type: 'feed-grew', home: HOME, end: store.feed.length, count }
    if (store === this.gate) this.tell(input)
    else for (const pipe of this.pipes) this.tellHub(pipe, input)
  }

  write(store: ToyStore, updates: readonly Uint8Array[]): void {
    this.grew(store, store.write(store.name, updates))
  }

  /** Hub's calls go to the newest session. */
  call(by: 'gate' | 'cloud', timeoutMs: number): void {
    const input = this.calls.ask(by, HOME, timeoutMs)
    const pipe = this.pipes.at(-1)
    if (by === 'gate') this.tell(input)
    else if (pipe?.hub !== undefined) this.tellHub(pipe, input)
    else this.calls.forget('cloud')
  }

  dial(id: number): void {
    const settings = { hub: 'cloud', principal: { node: 'gate', homes: [HOME] }, timing: TIMING }
    const pipe: Pipe = { id, up: [], down: [], hub: openHubSession(settings, this.now()).state, childOpen: true, hubOpen: true }
    this.pipes.push(pipe)
    this.gateJobs.push(() => this.tell({ type: 'connected', session: id }))
  }

  deliver(direction: 'up' | 'down', which: number): void {
    const busy = this.pipes.filter((pipe) => pipe[direction].length > 0)
    const pipe = busy[which % Math.max(1, busy.length)]
    const bytes = pipe?.[direction].shift()
    if (pipe === undefined || bytes === undefined) return
    if (direction === 'up' && pipe.hubOpen) this.tellHub(pipe, { type: 'received', bytes })
    if (direction === 'down' && pipe.childOpen) this.tell({ type: 'received', bytes, session: pipe.id })
  }

  /** Loses what is under way down, and a part of what is under way up; tells whom it likes. */
  cut(n: number): void {
    const pipe = this.pipes.at(-1)
    if (pipe === undefined) return
    pipe.down.length = 0
    pipe.up.length = Math.min(pipe.up.length, n % 5)
    pipe.childOpen = false
    if (n % 2 === 0) this.tell({ type: 'closed', code: 1006, reason: '', session: pipe.id })
    if (n % 3 === 0) this.hangUp(pipe)
  }

  hangUp(pipe: Pipe): void {
    pipe.hubOpen = false
    this.tellHub(pipe, { type: 'closed', code: 1006, reason: '' })
  }

  killGate(): void {
    this.gateJobs = []
    this.calls.forget('gate')
    const session = this.uplink.session
    this.uplink = { ...this.bornUplink(), session }
    for (const pipe of this.pipes) pipe.childOpen = false
    this.tell({ type: 'start' })
  }

  killCloud(): void {
    this.cloudJobs = []
    this.calls.forget('cloud')
    for (const pipe of this.pipes) {
      pipe.hub = undefined
      pipe.hubOpen = false
      pipe.up.length = 0
    }
  }

  pass(ms: number): void {
    this.monotonic += ms
    if (this.uplink.wakeAt !== undefined && this.uplink.wakeAt <= this.monotonic) this.tell({ type: 'wake' })
    for (const pipe of this.pipes) if ((pipe.hub?.wakeAt ?? Infinity) <= this.monotonic) this.tellHub(pipe, { type: 'wake' })
  }

  work(jobs: 'gateJobs' | 'cloudJobs'): void {
    this[jobs].shift()?.()
  }

  busy(): boolean {
    return this.gateJobs.length + this.cloudJobs.length > 0 || this.pipes.some(({ up, down }) => up.length + down.length > 0)
  }

  drain(): void {
    while (this.busy()) {
      this.work('gateJobs')
      this.work('cloudJobs')
      this.deliver('up', 0)
      this.deliver('down', 0)
    }
  }

  inSync(): boolean {
    const whole = (from: ToyStore, to: ToyStore) => to.received.length + from.rejected.size >= from.own().length
    const settled = this.gate.unnoted.length + this.cloud.unnoted.length === 0
    return whole(this.gate, this.cloud) && whole(this.cloud, this.gate) && settled && this.status().pending === 0
  }

  status(): UplinkStatus {
    return uplinkStatus(this.uplink, this.now())
  }

  heal(): void {
    this.failingCommits = 0
    for (let round = 0; round < 200 && !(this.inSync() && this.status().state === 'live'); round++) {
      this.drain()
      this.pass(5)
    }
    this.drain()
  }
}

const isPush = (bytes: Uint8Array): boolean => {
  const decoded = decodeDown(bytes)
  return decoded.ok && decoded.value.type === 'push'
}
