/** The link's promises under faults: a list of steps drives the toy pair, and fast-check shrinks the list when a promise breaks. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PAGE_ENTRIES } from './limits.ts'
import { HOME, ToyPair } from './toy-pair.ts'
import { POISON, type ToyStore } from './toy-store.ts'

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

const act = (world: ToyPair, [kind, n]: Action): void => {
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
    case 'gate-calls':
      return world.call('gate', 1 + (n % 40))
    case 'cloud-calls':
      return world.call('cloud', 1 + (n % 40))
    case 'all-works':
      return world.drain()
    default:
      return world.pass(n % 12)
  }
}

const kinds = [
  ...['gate-writes', 'cloud-writes', 'gate-works', 'gate-works', 'cloud-works', 'cloud-works', 'up', 'up', 'up', 'down', 'down', 'down'],
  ...['cut', 'gate-dies', 'cloud-dies', 'commits-fail', 'all-works', 'time', 'time', 'gate-calls', 'cloud-calls'],
]
const actions = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(1000)), { maxLength: 120, size: 'max' })

describe('a pair of machines over a bad network', () => {
  test('SYN-2 SYN-3 after any faults both hold exactly the other feed, in order, once; refusals are known to their author', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const world = new ToyPair()
        world.tell({ type: 'start' })
        for (const action of list) act(world, action)
        world.heal()
        expect(world.violations).toEqual([])
        expectWhole(world.gate, world.cloud)
        expectWhole(world.cloud, world.gate)
        expect(world.status()).toMatchObject({ state: 'live', pending: 0, oldestMs: undefined })
        expect([...world.gate.unnoted, ...world.cloud.unnoted]).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('Q1 Q2 after any faults every call ended once, and truthfully; none was carried out twice', () => {
    const endings = new Set<string>()
    fc.assert(
      fc.property(actions, (list) => {
        const world = new ToyPair()
        world.tell({ type: 'start' })
        for (const action of list) act(world, action)
        world.heal()
        for (let round = 0; round < 10; round++) world.pass(5)
        expect(world.calls.violations).toEqual([])
        expect(world.calls.unanswered).toEqual([])
        expect(world.calls.timesCarriedOut).toBe(world.calls.callsCarriedOut)
        for (const ending of world.calls.endings) endings.add(ending)
      }),
      { numRuns: 200 },
    )
    expect([...endings].sort()).toEqual(['ok', 'unavailable', 'unknown-outcome'])
  })

  test('SYN-2 a reconnect costs what was unacknowledged, not what exists', () => {
    const world = new ToyPair()
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
    const world = new ToyPair()
    world.tell({ type: 'start' })
    for (let n = 0; n < 1200; n++) world.write(world.gate, [bytesOf(2)])
    world.heal()
    expect(world.cloud.received.length).toBe(1200)
    expect(world.gate.received).toEqual([])
    expect(world.pushes, 'one empty push for each 512 entries passed over').toBe(2)
    expect(world.gate.cursor?.sequence).toBeGreaterThanOrEqual(1024)
  })

  test('SYN-3 a poisoned update is refused, shown to its author, and stops nothing, though the first notice is lost', () => {
    const world = new ToyPair()
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
    const world = new ToyPair()
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
