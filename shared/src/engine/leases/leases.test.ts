/** A home that moves between two gateways while lines are cut, nodes die and work goes on. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Holdover, UNTIL_RELEASED } from '../../consistency/lease.ts'
import { openMemoryStore } from '../../store/memory/index.ts'
import { collect } from '../../testing/collect.ts'
import { workflowIdOf } from '../../values/ids.ts'
import { ENGINE_SCHEMAS } from '../open.ts'
import { createOf, HOME, type TestNode, willOf } from '../test-support.ts'
import { CHORE, LeaseWorld, MEMBERS, type MemberName } from './test-support.ts'

const TIMED = { kind: 'timed', durationMs: 1_000, marginMs: 100 } as const

const openWorld = (holdover: Holdover): Promise<LeaseWorld> =>
  LeaseWorld.open(holdover, (generation) => openMemoryStore({ schemas: ENGINE_SCHEMAS, generation }))

const begin = (node: TestNode, key: string) => node.engine.submit(willOf(workflowIdOf(HOME, key), createOf(CHORE, {}, key)))

const picture = async (node: TestNode): Promise<readonly string[]> => {
  const rows = await collect(node.engine.summaries())
  return rows.map(({ id, status, length, head }) => `${id} ${status} ${length} ${head}`).toSorted()
}

describe('SYN-7 timed', () => {
  test('K2 SYN-7 the standby takes over what the hub has, and goes on with it; the old one follows', async () => {
    const world = await openWorld(TIMED)
    expect(world.deciding()).toEqual(['one'])
    void begin(world.member('one').node, 'a')
    await world.clock.advance(50)
    world.member('one').line.set('cut')
    await world.clock.advance(900)
    expect(world.deciding()).toEqual(['one'])
    await world.clock.advance(3_000)
    expect(world.deciding()).toEqual(['two'])
    world.member('one').line.set('open')
    await world.clock.advance(5_000)
    expect(world.deciding()).toEqual(['two'])
    const [here, ...copies] = await Promise.all([world.cloud, world.member('one').node, world.member('two').node].map(picture))
    expect(here).toEqual([expect.stringContaining('completed')])
    for (const copy of copies) expect(copy).toEqual(here)
  })

  test('H2 SYN-7 a holder that restarts while cut off decides nothing', async () => {
    const world = await openWorld(TIMED)
    world.member('one').line.set('cut')
    await world.restart('one')
    expect(world.deciding()).toEqual([])
    const refused = begin(world.member('one').node, 'a')
    await world.clock.advance(10)
    expect(await refused).toMatchObject({ ok: false, error: { code: 'lease-ran-out' } })
  })
})

describe('SYN-7 until released', () => {
  test('A3 SYN-7 it is held while cut off, over restarts, for weeks', async () => {
    const world = await openWorld(UNTIL_RELEASED)
    world.member('one').line.set('cut')
    await world.clock.advance(60_000)
    await world.restart('one')
    expect(world.deciding()).toEqual(['one'])
  })

  test('K1 SYN-7 handed over, it stays so over a restart before the hub has heard of it', async () => {
    const world = await openWorld(UNTIL_RELEASED)
    const handing = world.member('one').handing.run('two', 'ann')
    await world.clock.advance(2)
    world.member('one').line.set('cut')
    await world.clock.advance(1_000)
    expect(await handing).toMatchObject({ ok: true, value: 1 })
    await world.restart('one')
    expect(world.deciding()).toEqual([])
    world.member('one').line.set('open')
    await world.clock.advance(3_000)
    expect(world.deciding()).toEqual(['two'])
    expect(world.leases.leaseOf(HOME)).toMatchObject({ epoch: 2, holder: 'two', since: { how: 'handover', by: 'ann' } })
  })
})

type Place = MemberName | 'cloud'

type Move =
  | { readonly type: 'line'; readonly name: MemberName; readonly line: 'open' | 'cut' }
  | { readonly type: 'begin'; readonly at: Place; readonly key: string }
  | { readonly type: 'will'; readonly at: Place; readonly key: string; readonly will: 'pause' | 'resume' | 'cancel' }
  | { readonly type: 'restart'; readonly name: MemberName }
  | { readonly type: 'hand-over'; readonly name: MemberName }
  | { readonly type: 'declare-lost'; readonly name: MemberName }
  | { readonly type: 'pass'; readonly ms: number }

const name = fc.constantFrom(...MEMBERS)
const at = fc.constantFrom<Place>('cloud', ...MEMBERS)
const key = fc.constantFrom('a', 'b', 'c', 'd')
const of = <Type extends Move['type']>(type: Type): fc.Arbitrary<Type> => fc.constant(type)
const MOVES: readonly fc.WeightedArbitrary<Move>[] = [
  { weight: 4, arbitrary: fc.record({ type: of('pass'), ms: fc.integer({ min: 10, max: 2_500 }) }) },
  { weight: 3, arbitrary: fc.record({ type: of('line'), name, line: fc.constantFrom('open' as const, 'cut' as const) }) },
  { weight: 3, arbitrary: fc.record({ type: of('begin'), at, key }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: of('will'), at, key, will: fc.constantFrom('pause' as const, 'resume' as const, 'cancel' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ type: of('restart'), name }) },
  { weight: 2, arbitrary: fc.record({ type: of('hand-over'), name }) },
]
const LOST: fc.WeightedArbitrary<Move> = { weight: 2, arbitrary: fc.record({ type: of('declare-lost'), name }) }

/** One story, and what it came to. */
class Story {
  readonly world: LeaseWorld
  readonly taken = new Set<string>()
  readonly mostDeciding: number

  constructor(world: LeaseWorld, mostDeciding: number) {
    this.world = world
    this.mostDeciding = mostDeciding
  }

  nodeAt(place: Place): TestNode {
    return place === 'cloud' ? this.world.cloud : this.world.member(place).node
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      await this.world.clock.advance(Math.min(100, left))
      expect(this.world.deciding().length).toBeLessThanOrEqual(this.mostDeciding)
    }
  }

  async make(move: Move): Promise<void> {
    const { world } = this
    switch (move.type) {
      case 'pass':
        return this.pass(move.ms)
      case 'line':
        return world.member(move.name).line.set(move.line)
      case 'restart':
        return world.restart(move.name)
      case 'hand-over':
        return void world.member(move.name).handing.run(move.name === 'one' ? 'two' : 'one', 'ann')
      case 'declare-lost':
        return void world.leases.declareLost(HOME, { by: 'ann', reason: 'it seemed so', heir: move.name })
      case 'begin': {
        const id = workflowIdOf(HOME, move.key)
        return void begin(this.nodeAt(move.at), move.key).then((answer) => answer.ok && this.taken.add(id))
      }
      case 'will': {
        const command = move.will === 'cancel' ? ({ type: 'cancel', reason: 'no need' } as const) : ({ type: move.will } as const)
        return void this.nodeAt(move.at).engine.submit(willOf(workflowIdOf(HOME, move.key), command))
      }
    }
  }

  /** Every line is there again, and whatever was paused is let go. */
  async end(): Promise<readonly string[]> {
    const { world } = this
    for (const each of MEMBERS) world.member(each).line.set('open')
    await this.pass(12_000)
    expect(world.deciding()).toHaveLength(1)
    for (const id of this.taken) void this.nodeAt(world.deciding()[0] ?? 'cloud').engine.submit(willOf(id, { type: 'resume' }))
    await this.pass(3_000)
    const [cloud = [], ...copies] = await Promise.all([world.cloud, ...MEMBERS.map((each) => world.member(each).node)].map(picture))
    for (const copy of copies) expect(copy).toEqual(cloud)
    return cloud
  }
}

const tell = async (
  holdover: Holdover,
  moves: fc.Arbitrary<Move[]>,
  mostDeciding: number,
  numRuns: number,
  seed: number,
): Promise<number> => {
  let moved = 0
  const property = fc.asyncProperty(moves, async (story) => {
    const told = new Story(await openWorld(holdover), mostDeciding)
    for (const move of story) {
      await told.make(move)
      await told.pass(20)
    }
    const rows = await told.end()
    for (const id of told.taken) expect(rows.find((row) => row.startsWith(id))).toMatch(/completed|cancelled/)
    if ((told.world.leases.leaseOf(HOME)?.epoch ?? 0) > 1) moved += 1
  })
  await fc.assert(property, { numRuns, seed })
  return moved
}

const storiesOf = (...kinds: readonly fc.WeightedArbitrary<Move>[]): fc.Arbitrary<Move[]> =>
  fc.array(fc.oneof(...kinds), { minLength: 6, maxLength: 20, size: 'max' })

describe('SYN-7 however it goes', () => {
  // A home that never moved would prove nothing.
  test('I14 I7 SYN-7 timed: one decides at a time, nothing taken is lost, all copies end alike', async () => {
    expect(await tell(TIMED, storiesOf(...MOVES), 1, 25, 11)).toBeGreaterThan(5)
  })

  test('I14 I7 SYN-7 until released: one decides at a time, nothing taken is lost, all copies end alike', async () => {
    expect(await tell(UNTIL_RELEASED, storiesOf(...MOVES), 1, 25, 12)).toBeGreaterThan(5)
  })

  test('D1 I7 SYN-7 declared lost at any moment, rightly or not: nothing taken is lost, all copies end alike, one is left', async () => {
    expect(await tell(UNTIL_RELEASED, storiesOf(...MOVES, LOST), 2, 25, 13)).toBeGreaterThan(15)
  })
})
