import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prng } from './prng.ts'
import { SimProcess } from './sim-process.ts'
import { byte, connected, Side, world } from './two-nodes.ts'

describe('connections', () => {
  test('messages go both ways in order, the listener knows the caller', async () => {
    const { kernel, hub, child, callers } = await connected({ maxDelayMs: 1_000 })
    for (let value = 0; value < 100; value++) {
      child.connection!.send(byte(value))
      hub.connection!.send(byte(1_000 + value))
    }
    await kernel.run(100_000)
    expect(callers).toEqual(['gateway'])
    expect(hub.got).toEqual(Array.from({ length: 100 }, (_, value) => value))
    expect(child.got).toEqual(Array.from({ length: 100 }, (_, value) => 1_000 + value))
    expect([...hub.closes, ...child.closes]).toEqual([])
  })

  test('a sender may use its buffer again', async () => {
    const { kernel, hub, child } = await connected()
    const buffer = byte(7)
    child.connection!.send(buffer)
    buffer.fill(0)
    await kernel.run(1_000)
    expect(hub.got).toEqual([7])
  })

  test('what a listener sends while it accepts arrives after the opening', async () => {
    const { kernel, network, cloud, gateway } = world({ maxDelayMs: 500 })
    const seen: string[] = []
    network.listen(cloud, (connection) => {
      connection.send(byte(1))
      return new Side()
    })
    network.dial(gateway, 'cloud', { onOpen: () => seen.push('open'), onMessage: () => seen.push('message'), onClose: () => undefined })
    await kernel.run(10_000)
    expect(seen).toEqual(['open', 'message'])
  })

  test('closing delivers what was sent before, tells both sides once, and sending afterwards is harmless', async () => {
    const { kernel, hub, child } = await connected()
    child.connection!.send(byte(1))
    child.connection!.close(4400, 'enough')
    child.connection!.close(4400, 'twice')
    child.connection!.send(byte(2))
    await kernel.run(1_000)
    hub.connection!.send(byte(3))
    hub.connection!.close(1000, 'late')
    await kernel.run(2_000)
    expect([hub.got, child.got]).toEqual([[1], []])
    expect([hub.closes, child.closes]).toEqual([['4400 enough'], ['4400 enough']])
  })

  test('N1 whatever happens, each side gets a prefix of what the other sent, and hears of the end at most once', async () => {
    const step = fc.record({
      kind: fc.constantFrom('send', 'send', 'send', 'wait', 'cut', 'heal', 'freeze', 'reset', 'deafen'),
      size: fc.nat(5_000),
    })
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 60 }), async (seed, steps) => {
        const { kernel, network, cloud, hub, child } = await connected(
          { maxDelayMs: 2_000, loss: 0.2, reset: 0.005, timeoutAtHeal: 0.3 },
          seed,
        )
        if (child.connection === undefined) return
        let sent = 0
        const heals: (() => void)[] = []
        for (const { kind, size } of steps) {
          if (kind === 'send') child.connection.send(byte(sent++))
          if (kind === 'wait') await kernel.run(kernel.now + size)
          if (kind === 'cut') heals.push(network.cut([['gateway', 'cloud']]))
          if (kind === 'heal') heals.pop()?.()
          if (kind === 'freeze') cloud.freeze(size, 'pause')
          if (kind === 'reset' && size > 4_000) network.reset('gateway', 'cloud')
          if (kind === 'deafen' && size > 4_000) network.deafen(['gateway', 'cloud'])
        }
        for (const heal of heals) heal()
        await kernel.run(kernel.now + 10_000_000)
        expect(hub.got).toEqual(Array.from({ length: hub.got.length }, (_, value) => value))
        expect(hub.closes.length).toBeLessThanOrEqual(1)
        expect(child.closes.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 100 },
    )
  })

  test('bufferedBytes counts what is under way and comes back to zero', async () => {
    const { kernel, child } = await connected()
    for (let value = 0; value < 10; value++) child.connection!.send(byte(value))
    expect(child.connection!.bufferedBytes).toBe(20)
    await kernel.run(1_000)
    expect(child.connection!.bufferedBytes).toBe(0)
  })

  test('bandwidth makes big messages late', async () => {
    const { kernel, hub, child } = await connected({ bytesPerMs: 10, minDelayMs: 1, maxDelayMs: 1 })
    const begun = kernel.now
    child.connection!.send(new Uint8Array(5_000))
    child.connection!.send(new Uint8Array(5_000))
    await kernel.runUntil(() => hub.got.length === 2, 100_000)
    expect(kernel.now - begun).toBe(1_001)
  })

  test('loss makes messages late, never lost', async () => {
    const { kernel, hub, child } = await connected({ loss: 0.5 })
    for (let value = 0; value < 50; value++) child.connection!.send(byte(value))
    await kernel.run(100_000)
    expect(hub.got).toHaveLength(50)
    expect(kernel.history.counts.get('network loss')).toBeGreaterThan(10)
  })

  test('a message sent again keeps those behind it waiting', async () => {
    const firstIsLost = (seed: number) => new Prng(seed).stream('network').stream('gateway>cloud/loss').chance(0.5)
    const seeds = Array.from({ length: 20 }, (_, seed) => seed).filter(firstIsLost)
    expect(seeds).not.toEqual([])
    for (const seed of seeds) {
      const { kernel, hub, child } = await connected({ loss: 0.5 }, seed)
      for (let value = 0; value < 20; value++) child.connection!.send(byte(value))
      await kernel.run(kernel.now + 200)
      expect(hub.got, `seed ${seed}`).toEqual([])
    }
  })
})

describe('dials', () => {
  test('nobody listening, or a dead listener: refused', async () => {
    const { kernel, network, cloud, gateway, child } = world()
    network.dial(gateway, 'nowhere', child)
    network.dial(gateway, 'cloud', child, 'agents')
    cloud.kill()
    network.dial(gateway, 'cloud', child)
    await kernel.run(1_000)
    expect(child.closes).toEqual(['1006 refused', '1006 refused', '1006 refused'])
  })

  test('a dial through a cut in either direction ends after the timeout, also when it was healed meanwhile', async () => {
    for (const way of [['gateway', 'cloud'] as const, ['cloud', 'gateway'] as const]) {
      const { kernel, network, gateway, child } = world()
      const heal = network.cut([way])
      network.dial(gateway, 'cloud', child)
      await kernel.run(20_000)
      expect(child.closes).toEqual(['1006 unreachable'])
      heal()
      network.dial(gateway, 'cloud', child)
      await kernel.run(40_000)
      expect(child.connection, 'healed').toBeDefined()
      expect(child.closes).toHaveLength(1)
    }
  })

  test('given up: closed once, and no connection afterwards; giving up an open one does nothing', async () => {
    const { kernel, network, gateway, hub, child } = world()
    network.dial(gateway, 'cloud', child)()
    await kernel.run(1_000)
    expect([child.closes, child.connection, hub.connection]).toEqual([['1006 given up'], undefined, undefined])
    const giveUp = network.dial(gateway, 'cloud', child)
    await kernel.run(2_000)
    giveUp()
    await kernel.run(30_000)
    expect(child.connection).toBeDefined()
    expect(child.closes).toHaveLength(1)
  })

  test('a restarted listener takes its predecessor’s place', async () => {
    const { kernel, network, cloud, gateway, child } = world()
    cloud.kill()
    const reborn = new Side()
    network.listen(new SimProcess(kernel, 'cloud', 2), () => reborn)
    network.dial(gateway, 'cloud', child)
    await kernel.runUntil(() => child.connection !== undefined, 1_000)
    child.connection!.send(byte(5))
    await kernel.run(2_000)
    expect(reborn.got).toEqual([5])
  })
})
