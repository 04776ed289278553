/** Two ends that ought to hold the same and don't are made to, whatever was lost and at which end. */
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { loadReplica, setTitle } from '../document/index.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { clientIdOf } from '../values/node-number.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { AntiEntropy, type Comparison } from './anti-entropy.ts'
import type { CallHandler } from './call-desk.ts'
import { CLOUD, GATE, LinkedPair } from './linked-test-support.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { scanHome } from './scan.ts'
import { WORKFLOWS } from './summary.ts'
import { define, HOME, TASK } from './test-support.ts'

const errand = define({ steps: { go: TASK } })
const storeOf = (name: string) => openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: `${name}-1` })
const now = (): Promise<void> => Promise.resolve()

class World {
  readonly hubHandlers = new Map<string, CallHandler>()
  readonly pair: LinkedPair
  readonly entropy: AntiEntropy
  readonly hub: AntiEntropy

  private constructor(pair: LinkedPair, hubHandlers: Map<string, CallHandler>) {
    this.pair = pair
    const { cloud, gate, clock } = pair
    this.hub = new AntiEntropy(cloud.engine, cloud.store, clock)
    for (const [kind, handler] of this.hub.handlers) hubHandlers.set(kind, handler)
    this.entropy = new AntiEntropy(gate.engine, gate.store, clock)
  }

  /** @param after the world that was before: time goes on, so lives differ */
  static async open(gateStore = storeOf(GATE), cloudStore = storeOf(CLOUD), after?: World): Promise<World> {
    const hubHandlers = new Map<string, CallHandler>()
    const pair = await LinkedPair.open({ definitions: [errand], gateStore, cloudStore, hubHandlers }, after?.pair.clock)
    return new World(pair, hubHandlers)
  }

  async compare(): Promise<Comparison> {
    const comparing: Promise<Result<Comparison, Refusal>> = this.entropy.compare(HOME, this.pair.uplink)
    await this.pair.clock.advance(1_000)
    const compared = await comparing
    if (!compared.ok) throw new Error(compared.error.message)
    return compared.value
  }

  async held() {
    const { gate, cloud } = this.pair
    return { gate: await scanHome(gate.store, HOME, now), cloud: await scanHome(cloud.store, HOME, now) }
  }
}

/** What a store holds, put into another one: a backup, or a disk on which some of it was lost. */
const backup = async (from: ReturnType<typeof storeOf>, name: string, isKept: (index: number) => boolean = () => true) => {
  const copy = storeOf(name)
  const feed = (await from.feed(HOME, 0, 10_000)).filter((_, index) => isKept(index))
  const groups = [...new Set(feed.map(({ group }) => group))]
  for (const group of groups) {
    const appends = feed
      .filter((entry) => entry.group === group)
      .map(({ document, origin, update }) => ({ document, origin, update, home: HOME }))
    await copy.commit({ appends, puts: [], removals: [], expected: new Map() })
  }
  for (const { name: collection } of ENGINE_SCHEMAS) {
    const rows = (await from.list(collection, { limit: 10_000 })).filter((_, index) => collection !== WORKFLOWS || isKept(index))
    const puts = rows.map(({ key, value }) => ({ collection, key, value }))
    await copy.commit({ appends: [], puts, removals: [], expected: new Map() })
  }
  return copy
}

describe('a comparison', () => {
  let gateStore: ReturnType<typeof storeOf>
  let cloudStore: ReturnType<typeof storeOf>
  beforeEach(() => {
    gateStore = storeOf(GATE)
    cloudStore = storeOf(CLOUD)
  })

  test('SYN-11 finds nothing and writes nothing when both hold the same', async () => {
    const world = await World.open(gateStore, cloudStore)
    await world.pair.connect()
    for (const key of ['a', 'b', 'c']) await world.pair.gate.start(errand, {}, key)
    await world.pair.cloud.start(errand, {}, 'd')
    await world.pair.clock.advance(1_000)
    const before = [await gateStore.feedEnd(HOME), await cloudStore.feedEnd(HOME)]
    expect(await world.compare()).toEqual({ documents: 4, differing: 0, forked: [], unhealed: [] })
    expect([await gateStore.feedEnd(HOME), await cloudStore.feedEnd(HOME)]).toEqual(before)
    const { gate, cloud } = await world.held()
    expect(gate).toEqual(cloud)
  })

  test('SYN-11 a hub that was put back to an earlier day holds again what it had', async () => {
    const world = await World.open(gateStore, cloudStore)
    await world.pair.connect()
    await world.pair.gate.start(errand, {}, 'a')
    await world.pair.cloud.start(errand, {}, 'b')
    await world.pair.clock.advance(1_000)
    const earlier = await backup(cloudStore, CLOUD)
    await world.pair.cloud.start(errand, {}, 'c')
    await world.pair.gate.start(errand, {}, 'd')
    await world.pair.clock.advance(1_000)
    world.pair.uplink.stop()

    const again = await World.open(gateStore, earlier, world)
    await again.pair.connect()
    await again.pair.clock.advance(5_000)
    await again.compare()
    await again.pair.clock.advance(1_000)
    const { gate, cloud } = await again.held()
    expect(cloud).toEqual(gate)
    expect(gate.length).toBe(4)
    expect(await again.compare()).toMatchObject({ differing: 0, unhealed: [] })
  })

  test('SYN-11 a gateway that was put back gets back what it had told its hub, and goes on with it', async () => {
    const world = await World.open(gateStore, cloudStore)
    await world.pair.connect()
    await world.pair.gate.start(errand, {}, 'a')
    await world.pair.clock.advance(1_000)
    const earlier = await backup(gateStore, GATE)
    const lost = await world.pair.gate.start(errand, {}, 'lost')
    const robot = await world.pair.gate.agent('robot')
    for (const task of [...robot.offers]) await robot.accept(task)
    await world.pair.clock.advance(1_000)
    world.pair.uplink.stop()
    await world.pair.gate.engine.close()

    const again = await World.open(earlier, cloudStore, world)
    await again.pair.connect()
    await again.pair.clock.advance(5_000)
    expect((await again.held()).gate.length).toBeLessThan((await again.held()).cloud.length)
    await again.compare()
    await again.pair.clock.advance(1_000)
    const { gate, cloud } = await again.held()
    expect(gate).toEqual(cloud)
    expect((await again.pair.gate.state(lost)).status).toMatch(/^active/)
    expect(await again.compare()).toMatchObject({ differing: 0, unhealed: [] })
  })

  test('SYN-11 whatever updates and rows a hub lost, one comparison and a second look make both ends equal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(30), { maxLength: 12 }), async (lost) => {
        const [gateDisk, cloudDisk] = [storeOf(GATE), storeOf(CLOUD)]
        const world = await World.open(gateDisk, cloudDisk)
        await world.pair.connect()
        const robot = await world.pair.gate.agent('robot', { capacity: 9 })
        for (const key of ['a', 'b', 'c', 'd']) await world.pair.gate.start(errand, {}, key)
        for (const key of ['e', 'f']) await world.pair.cloud.start(errand, {}, key)
        await world.pair.clock.advance(1_000)
        for (const task of robot.offers.slice(0, 3)) await robot.accept(task)
        for (const task of robot.offers.slice(0, 2)) await robot.succeed(task)
        await world.pair.clock.advance(1_000)
        world.pair.uplink.stop()

        const broken = await backup(cloudDisk, CLOUD, (index) => !lost.includes(index))
        const again = await World.open(gateDisk, broken, world)
        await again.pair.connect()
        for (let round = 0; round < 3; round += 1) {
          await again.compare()
          await again.pair.clock.advance(40_000)
        }
        const { gate, cloud } = await again.held()
        expect(cloud).toEqual(gate)
        expect(await again.compare()).toMatchObject({ differing: 0, unhealed: [] })
        again.pair.uplink.stop()
      }),
      { numRuns: 25 },
    )
  })

  test('SYN-11 a fork is told at both ends, healed over neither, and stops nothing else', async () => {
    const world = await World.open(gateStore, cloudStore)
    await world.pair.connect()
    const forked = await world.pair.gate.start(errand, {}, 'a')
    await world.pair.clock.advance(1_000)
    world.pair.uplink.stop()
    // The same client writes different things under the same clock: a cloned machine, or bytes that were changed.
    for (const [store, title] of [
      [gateStore, 'left'],
      [cloudStore, 'right'],
    ] as const) {
      const replica = loadReplica(clientIdOf(2, 77), (await store.document(forked))?.updates ?? [])
      const written = replica.ok ? setTitle(replica.value, title) : replica
      if (!written.ok) throw new Error(written.error.message)
      const appends = [{ document: forked, home: HOME, origin: 'clone', update: written.value }]
      await store.commit({ appends, puts: [], removals: [], expected: new Map() })
    }
    const again = await World.open(gateStore, cloudStore, world)
    await again.pair.connect()
    await again.pair.gate.start(errand, {}, 'b')
    await again.pair.clock.advance(1_000)
    const before = await again.held()
    expect(await again.compare()).toMatchObject({ forked: [forked] })
    expect(again.entropy.forked(HOME)).toEqual([forked])
    expect(again.hub.forked(HOME)).toEqual([forked])
    expect(await again.held()).toEqual(before)
    expect(await again.compare()).toMatchObject({ differing: 0, unhealed: [forked] })
  })
})
