/**
 * Two gateways and a coordinator, with clocks that drift, sleep and are set, and messages that are late, lost or answered twice: at no
 * moment may both gateways decide, however it goes.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Instant } from '../values/instant.ts'
import { type Enrolment, grantTo, handOver, type KnownLease, seen } from './grants.ts'
import { following, granted, type Holder, holding, standingOf } from './holder.ts'
import type { Lease } from './lease.ts'

const DURATION_MS = 1_000
const DRIFT = 0.1
const SET_BACK_MS = 20
/** Both clocks' drift over a duration and a margin, and how far a wall clock is set back. */
const MARGIN_MS = Math.ceil(DURATION_MS * DRIFT * 3) + 2 * SET_BACK_MS
const ENROLMENT: Enrolment = { home: 'plant', nodes: ['a', 'b'], holdover: { kind: 'timed', durationMs: DURATION_MS, marginMs: MARGIN_MS } }

type Node = 'a' | 'b'
type Move =
  | { readonly type: 'pass'; readonly ms: number }
  | { readonly type: 'ask'; readonly node: Node }
  /** Asks, is heard and hears, each after a while. */
  | { readonly type: 'renew'; readonly node: Node; readonly thereMs: number; readonly backMs: number }
  | { readonly type: 'sleep'; readonly node: Node; readonly ms: number }
  | { readonly type: 'set-clock'; readonly node: Node; readonly ms: number }
  | { readonly type: 'hear' | 'answer'; readonly which: number; readonly keep: boolean }
  | { readonly type: 'hand-over' | 'restart-node'; readonly node: Node }
  | { readonly type: 'restart' }

class Gateway {
  readonly rate: number
  holder: Holder = following(holding('plant', 1, ENROLMENT.holdover), 0)
  awakeMs = 0
  setMs = 0
  setBackBy = 0

  constructor(rate: number) {
    this.rate = rate
  }

  now(real: number): Instant {
    return { wall: real * this.rate + this.setMs, monotonic: this.awakeMs * this.rate }
  }

  decides(real: number): boolean {
    return standingOf(this.holder, this.now(real)).mayDecide
  }
}

class World {
  real = 0
  readonly nodes: Record<Node, Gateway>
  readonly hubRate: number
  known: KnownLease | undefined
  readonly asked: { node: Node; sentAt: Instant }[] = []
  readonly answers: { node: Node; sentAt: Instant; lease: Lease }[] = []
  readonly holders = new Map<number, string>()

  constructor(rates: readonly [number, number, number]) {
    this.nodes = { a: new Gateway(rates[0]), b: new Gateway(rates[1]) }
    this.hubRate = rates[2]
  }

  get hubNow(): Instant {
    return { wall: 0, monotonic: this.real * this.hubRate }
  }

  commit(lease: Lease): void {
    this.known = { lease, seenAt: this.hubNow.monotonic }
    const before = this.holders.get(lease.epoch) ?? lease.holder
    expect(before).toBe(lease.holder)
    expect(lease.epoch).toBeGreaterThanOrEqual(Math.max(0, ...this.holders.keys()))
    this.holders.set(lease.epoch, lease.holder)
  }

  move(move: Move): void {
    switch (move.type) {
      case 'pass':
        return this.pass(move.ms, undefined)
      case 'sleep':
        return this.pass(move.ms, move.node)
      case 'set-clock': {
        const node = this.nodes[move.node]
        // Forward by any amount; back by a little in all, as a clock is that is disciplined.
        const back = Math.min(SET_BACK_MS - node.setBackBy, Math.max(0, -move.ms))
        node.setBackBy += back
        node.setMs += Math.max(0, move.ms) - back
        return
      }
      case 'ask':
        this.asked.push({ node: move.node, sentAt: this.nodes[move.node].now(this.real) })
        return
      case 'renew':
        this.asked.push({ node: move.node, sentAt: this.nodes[move.node].now(this.real) })
        this.pass(move.thereMs, undefined)
        this.hear(this.asked.length - 1, false)
        this.pass(move.backMs, undefined)
        return this.answer(this.answers.length - 1, false)
      case 'hear':
        return this.hear(move.which, move.keep)
      case 'answer':
        return this.answer(move.which, move.keep)
      case 'hand-over':
        return this.handOver(move.node)
      case 'restart-node': {
        const { home, epoch, holdover, holding: holds } = this.nodes[move.node].holder
        this.nodes[move.node].holder = { home, epoch, holdover, holding: holds }
        return
      }
      case 'restart':
        this.known = seen(undefined, this.known?.lease, this.hubNow)
    }
  }

  pass(ms: number, asleep: Node | undefined): void {
    for (let left = ms; left > 0; left -= 50) {
      const step = Math.min(50, left)
      this.real += step
      for (const name of ['a', 'b'] as const) if (name !== asleep) this.nodes[name].awakeMs += step
      this.check(asleep)
    }
  }

  hear(which: number, keep: boolean): void {
    const at = which % Math.max(1, this.asked.length)
    const message = this.asked[at]
    if (message === undefined) return
    if (!keep) this.asked.splice(at, 1)
    const made = grantTo(ENROLMENT, this.known, { node: message.node, knowsTime: true }, this.hubNow)
    if (!made.ok) return
    this.commit(made.value)
    this.answers.push({ ...message, lease: made.value })
  }

  answer(which: number, keep: boolean): void {
    const at = which % Math.max(1, this.answers.length)
    const message = this.answers[at]
    if (message === undefined) return
    if (!keep) this.answers.splice(at, 1)
    const gateway = this.nodes[message.node]
    gateway.holder = granted(gateway.holder, message.lease.epoch, message.lease.holdover, message.sentAt)
  }

  /** The holder writes that it stops, and only then tells the coordinator. */
  handOver(node: Node): void {
    const gateway = this.nodes[node]
    if (!gateway.decides(this.real)) return
    const { epoch } = gateway.holder
    gateway.holder = following(gateway.holder, epoch + 1)
    const made = handOver(ENROLMENT, this.known, { from: node, epoch, to: node === 'a' ? 'b' : 'a', by: 'ann' }, this.hubNow)
    if (made.ok) this.commit(made.value)
  }

  check(asleep: Node | undefined): void {
    const deciding = (['a', 'b'] as const).filter((name) => name !== asleep && this.nodes[name].decides(this.real))
    expect(deciding.length).toBeLessThanOrEqual(1)
  }
}

const node = fc.constantFrom<Node>('a', 'b')
const which = fc.nat(5)
const keep = fc.boolean()
const delayMs = fc.oneof(fc.constant(0), fc.nat(300))
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 1_500 }) }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('renew' as const), node, thereMs: delayMs, backMs: delayMs }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('ask' as const), node }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constantFrom('hear' as const, 'answer' as const), which, keep }) },
  fc.record({ type: fc.constant('sleep' as const), node, ms: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ type: fc.constant('set-clock' as const), node, ms: fc.integer({ min: -50, max: 5_000 }) }),
  fc.record({ type: fc.constantFrom('hand-over' as const, 'restart-node' as const), node }),
  fc.constant({ type: 'restart' as const }),
)
const rate = fc.constantFrom(1 - DRIFT, 1, 1 + DRIFT)

test('A2 H1 never do two holders of a timed lease decide at once', () => {
  let decided = 0
  let changed = 0
  fc.assert(
    fc.property(fc.tuple(rate, rate, rate), fc.array(move, { minLength: 20, maxLength: 60, size: 'max' }), (rates, moves) => {
      const world = new World(rates)
      for (const each of moves) {
        world.move(each)
        world.check(each.type === 'sleep' ? each.node : undefined)
        if (world.nodes.a.decides(world.real) || world.nodes.b.decides(world.real)) decided += 1
      }
      if (new Set(world.holders.values()).size === 2) changed += 1
    }),
    { numRuns: 500, seed: 7 },
  )
  // A world in which nobody ever holds anything would prove nothing.
  expect(decided).toBeGreaterThan(1_000)
  expect(changed).toBeGreaterThan(100)
})
