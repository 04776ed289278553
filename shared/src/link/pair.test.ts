/**
 * Two machines, two toy stores and a bad network, driven by a list of steps that fast-check can shrink.
 *
 * What the world may do: cut a connection at any message, tell either side of it late or never, deliver an old session's messages
 * after a new one began, fail a commit, kill either process between any two jobs (its store stays), let time pass.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import { emptyBacklog, grow } from './backlog.ts'
import { decodeDown } from './codec.ts'
import type { FeedEntry, FeedUpdate, Refused, StreamInput, StreamOutput, UnnotedRefusal } from './exchange.ts'
import { openHubSession, stepHubSession } from './hub-session.ts'
import type { HubInput, HubOutput, HubSession } from './hub-state.ts'
import { PAGE_ENTRIES } from './limits.ts'
import type { Cursor } from './messages/index.ts'
import { uplinkStatus } from './status.ts'
import type { Recall } from './streams.ts'
import type { Timing } from './timing.ts'
import { openUplink, stepUplink } from './uplink.ts'
import type { Uplink, UplinkInput, UplinkOutput } from './uplink-state.ts'

const HOME = 'harbour-a'
const TIMING: Timing = { pingMs: 10, silenceMs: 30, stallMs: 30, minRetryMs: 1, maxRetryMs: 20 }
const POISON = 0xff

/** A toy store: what is in it survives a kill. It keeps the promise that `exchange.ts` asks of a commit. */
class ToyStore {
  readonly generation: string
  readonly name: string
  readonly feed: FeedEntry[] = []
  /** The peer's updates that were accepted, in the order of their commits. */
  readonly received: FeedUpdate[] = []
  readonly unnoted: UnnotedRefusal[] = []
  /** Refusals by the peer that this side's user can see. */
  readonly rejected = new Set<number>()
  cursor: Cursor | undefined
  groups = 0

  constructor(name: string) {
    this.name = name
    this.generation = `${name}-generation`
  }

  write(origin: string, updates: readonly Uint8Array[]): number {
    this.groups += 1
    for (const update of updates) {
      this.feed.push({ sequence: this.feed.length + 1, group: this.groups, document: 'w_1', origin, update })
    }
    return updates.length
  }

  page(after: number, limit: number): readonly FeedEntry[] {
    const page = this.feed.slice(after, after + limit)
    const last = page.at(-1)
    return last === undefined ? page : [...page, ...this.feed.slice(after + limit).filter((entry) => entry.group === last.group)]
  }

  commit({ home, generation, from, to, updates }: Extract<StreamOutput, { type: 'commit' }>, peer: string): StreamInput {
    const stands = this.cursor?.generation === generation ? this.cursor.sequence : 0
    if (stands !== from)
      return { type: 'commit-failed', home, reason: refusal('retry-later', 'cursor-moved', 'another session was faster') }
    const bad = updates.filter(({ update }) => update[0] === POISON)
    const good = updates.filter(({ update }) => update[0] !== POISON)
    const refused: Refused[] = bad.map(({ document, sequence }) => ({
      document,
      sequence,
      refusal: refusal('give-up', 'op-rejected', 'forged'),
    }))
    this.unnoted.push(...refused.map((one) => ({ home, generation, ...one })))
    this.received.push(...good)
    this.write(
      peer,
      good.map(({ update }) => update),
    )
    this.cursor = { home, generation, sequence: to }
    return { type: 'committed', home, refused }
  }

  recall(): { type: 'cursors' } & Recall {
    return { type: 'cursors', cursors: this.cursor === undefined ? [] : [this.cursor], refusals: [...this.unnoted] }
  }

  /** What of this feed the peer must end up with. */
  own(): readonly FeedEntry[] {
    return this.feed.filter((entry) => entry.origin === this.name)
  }
}

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

class World {
  readonly gate = new ToyStore('gate')
  readonly cloud = new ToyStore('cloud')
  uplink: Uplink = this.bornUplink()
  pipes: Pipe[] = []
  gateJobs: Job[] = []
  cloudJobs: Job[] = []
  failingCommits = 0
  monotonic = 0
  pushes = 0
  private random = 1

  bornUplink(): Uplink {
    const end = this.gate.feed.length
    const mark = { end, count: this.gate.own().length, at: 0 }
    const settings = { node: 'gate', life: 'life', generation: this.gate.generation, homes: [HOME], timing: TIMING }
    return openUplink(settings, new Map([[HOME, grow(emptyBacklog, mark)]]))
  }

  now() {
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
        expect(output.sequence, 'never acknowledged before its commit').toBeLessThanOrEqual(this.cloud.cursor?.sequence ?? 0)
        return
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
        expect(output.sequence, 'never acknowledged before its commit').toBeLessThanOrEqual(this.gate.cursor?.sequence ?? 0)
        return
      case 'wake-at':
        return
      default:
        this.carryOut(this.cloud, 'gate', output, job)
    }
  }

  carryOut(
    store: ToyStore,
    peer: string,
    output: Exclude<StreamOutput, { type: 'send' | 'acknowledged' }>,
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
    return answer.type === 'feed-grew' ? this.unreachable() : answer
  }

  unreachable(): never {
    throw new Error('a store never answers a commit with growth')
  }

  grew(store: ToyStore, count: number): void {
    const input: StreamInput = { type: 'feed-grew', home: HOME, end: store.feed.length, count }
    if (store === this.gate) this.tell(input)
    else for (const pipe of this.pipes) this.tellHub(pipe, input)
  }

  write(store: ToyStore, updates: readonly Uint8Array[]): void {
    this.grew(store, store.write(store.name, updates))
  }

  dial(id: number): void {
    const settings = { hub: 'cloud', generation: this.cloud.generation, principal: { node: 'gate', homes: [HOME] }, timing: TIMING }
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
    const session = this.uplink.session
    this.uplink = { ...this.bornUplink(), session }
    for (const pipe of this.pipes) pipe.childOpen = false
    this.tell({ type: 'start' })
  }

  killCloud(): void {
    this.cloudJobs = []
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

  status() {
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

const expectWhole = (from: ToyStore, to: ToyStore): void => {
  const good = from.own().filter(({ update }) => update[0] !== POISON)
  const bad = from.own().filter(({ update }) => update[0] === POISON)
  expect(
    to.received.map(({ sequence }) => sequence),
    `${to.name} holds the feed of ${from.name}, in order, once`,
  ).toEqual(good.map(({ sequence }) => sequence))
  for (const [index, entry] of good.entries()) expect(to.received[index]!.update).toEqual(entry.update)
  expect([...from.rejected].sort((a, b) => a - b)).toEqual(bad.map(({ sequence }) => sequence))
}

const bytesOf = (n: number): Uint8Array =>
  n % 11 === 0 ? new Uint8Array([POISON, n]) : new Uint8Array(n % 37 === 1 ? 150_000 : 3).fill(n % 200)

type Action = readonly [kind: string, n: number]

const act = (world: World, [kind, n]: Action): void => {
  const some = Array.from({ length: 1 + (n % 4) }, (_, index) => bytesOf(n + index))
  switch (kind) {
    case 'gate-writes':
      return world.write(world.gate, some)
    case 'cloud-writes':
      return world.write(world.cloud, some)
    case 'gate-works':
      return world.work('gateJobs')
    case 'cloud-works':
      return world.work('cloudJobs')
    case 'up':
      return world.deliver('up', n)
    case 'down':
      return world.deliver('down', n)
    case 'cut':
      return world.cut(n)
    case 'gate-dies':
      return world.killGate()
    case 'cloud-dies':
      return world.killCloud()
    case 'commits-fail':
      world.failingCommits = n % 3
      return
    case 'all-works':
      return world.drain()
    default:
      return world.pass(n % 12)
  }
}

const kinds = [
  ...['gate-writes', 'cloud-writes', 'gate-works', 'gate-works', 'cloud-works', 'cloud-works', 'up', 'up', 'up', 'down', 'down', 'down'],
  ...['cut', 'gate-dies', 'cloud-dies', 'commits-fail', 'all-works', 'time', 'time'],
]
const actions = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(1000)), { maxLength: 120, size: 'max' })

describe('a pair of machines over a bad network', () => {
  test('SYN-2 SYN-3 after any faults both hold exactly the other feed, in order, once; refusals are known to their author', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const world = new World()
        world.tell({ type: 'start' })
        for (const action of list) act(world, action)
        world.heal()
        expectWhole(world.gate, world.cloud)
        expectWhole(world.cloud, world.gate)
        expect(world.status()).toMatchObject({ state: 'live', pending: 0, oldestMs: undefined })
        expect([...world.gate.unnoted, ...world.cloud.unnoted]).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  test('SYN-2 a reconnect costs what was unacknowledged, not what exists', () => {
    const world = new World()
    world.tell({ type: 'start' })
    for (let n = 0; n < 3 * PAGE_ENTRIES; n++) world.write(world.cloud, [bytesOf(2)])
    world.heal()
    expect(world.gate.received.length).toBe(3 * PAGE_ENTRIES)
    world.cut(0)
    world.pushes = 0
    for (let n = 0; n < 3; n++) world.write(world.cloud, [bytesOf(2)])
    world.heal()
    expect(world.gate.received.length).toBe(3 * PAGE_ENTRIES + 3)
    expect(world.pushes).toBe(3)
  })

  test('SYN-3 what came from the peer is not sent back to it', () => {
    const world = new World()
    world.tell({ type: 'start' })
    for (let n = 0; n < 1200; n++) world.write(world.gate, [bytesOf(2)])
    world.heal()
    expect(world.cloud.received.length).toBe(1200)
    expect(world.gate.received).toEqual([])
    expect(world.pushes, 'one empty push for each 512 entries passed over').toBe(2)
    expect(world.gate.cursor?.sequence).toBeGreaterThanOrEqual(1024)
  })

  test('SYN-3 a poisoned update is refused, shown to its author, and stops nothing, though the first notice is lost', () => {
    const world = new World()
    world.tell({ type: 'start' })
    world.heal()
    world.write(world.gate, [bytesOf(1), bytesOf(11), bytesOf(2)])
    while (world.cloud.received.length === 0) for (const kind of ['gate-works', 'up', 'cloud-works']) act(world, [kind, 0])
    world.cut(0)
    expect(world.gate.rejected.size).toBe(0)
    world.heal()
    expectWhole(world.gate, world.cloud)
    expect(world.gate.rejected.size).toBe(1)
    expect(world.cloud.unnoted).toEqual([])
  })

  test('I12 while commits fail the status says what is pending, why, and when it tries again; and it heals', () => {
    const world = new World()
    world.tell({ type: 'start' })
    world.write(world.gate, [bytesOf(2), bytesOf(3)])
    world.failingCommits = 1
    world.drain()
    expect(world.status()).toMatchObject({
      state: 'backing-off',
      pending: 2,
      homes: [{ home: HOME, pending: 2 }],
      lastError: { reason: { code: 'disk-full' } },
    })
    expect(world.status().nextTryInMs).toBeGreaterThan(0)
    world.heal()
    expect(world.status()).toMatchObject({ state: 'live', pending: 0 })
  })
})
