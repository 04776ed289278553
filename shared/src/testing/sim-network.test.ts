import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Connection } from '../ports/transport.ts'
import { Kernel } from './kernel.ts'
import { Prng } from './prng.ts'
import { CALM, type LinkConditions } from './sim-link.ts'
import { SimNetwork } from './sim-network.ts'
import { SimProcess } from './sim-process.ts'

const byte = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value & 255)
const numberIn = (bytes: Uint8Array): number => bytes[0]! * 256 + bytes[1]!

/** What one side of a connection saw. */
class Side {
  readonly got: number[] = []
  readonly closes: string[] = []
  connection: Connection | undefined
  onOpen(connection: Connection): void {
    this.connection = connection
  }
  onMessage(message: Uint8Array): void {
    this.got.push(numberIn(message))
  }
  onClose(code: number, reason: string): void {
    this.closes.push(`${code} ${reason}`)
  }
}

const world = (conditions: Partial<LinkConditions> = {}, seed = 1) => {
  const prng = new Prng(seed)
  const kernel = new Kernel(prng)
  const network = new SimNetwork(kernel, prng, { ...CALM, ...conditions })
  const cloud = new SimProcess(kernel, 'cloud')
  const gateway = new SimProcess(kernel, 'gateway')
  const [hub, child] = [new Side(), new Side()]
  const callers: string[] = []
  network.listen(cloud, (connection, from) => {
    callers.push(from)
    hub.connection = connection
    return hub
  })
  return { prng, kernel, network, cloud, gateway, hub, child, callers }
}

const connected = async (conditions: Partial<LinkConditions> = {}, seed = 1) => {
  const made = world(conditions, seed)
  made.network.dial(made.gateway, 'cloud', made.child)
  await made.kernel.runUntil(() => made.child.connection !== undefined || made.child.closes.length > 0, 100_000)
  return made
}

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

describe('faults', () => {
  test('a cut holds messages up and the heal lets them go on in order', async () => {
    const { kernel, network, hub, child } = await connected()
    const heal = network.cut([['gateway', 'cloud']])
    for (let value = 0; value < 5; value++) child.connection!.send(byte(value))
    hub.connection!.send(byte(9))
    await kernel.run(60_000)
    expect([hub.got, child.got]).toEqual([[], [9]])
    heal()
    heal()
    await kernel.run(70_000)
    expect(hub.got).toEqual([0, 1, 2, 3, 4])
  })

  test('cuts nest: the way is open when all are healed', async () => {
    const { kernel, network, hub, child } = await connected()
    const [one, other] = [network.cut([['gateway', 'cloud']]), network.cut([['gateway', 'cloud']])]
    child.connection!.send(byte(1))
    one()
    one()
    await kernel.run(1_000)
    expect(hub.got).toEqual([])
    other()
    await kernel.run(2_000)
    expect(hub.got).toEqual([1])
  })

  test('a connection may turn out to have timed out when the cut heals', async () => {
    const { kernel, network, hub, child } = await connected({ timeoutAtHeal: 1 })
    const heal = network.cut([['gateway', 'cloud']])
    child.connection!.send(byte(1))
    await kernel.run(60_000)
    heal()
    await kernel.run(70_000)
    expect(hub.got).toEqual([])
    expect([hub.closes, child.closes]).toEqual([['1006 timed out'], ['1006 timed out']])
  })

  test('N2 a deaf connection: messages and the end vanish, nobody is told, new connections are whole', async () => {
    const { kernel, network, gateway, hub, child } = await connected()
    network.deafen(['gateway', 'cloud'])
    child.connection!.send(byte(1))
    hub.connection!.send(byte(2))
    await kernel.run(1_000_000)
    expect([hub.got, child.got, hub.closes]).toEqual([[], [2], []])
    expect(child.connection!.bufferedBytes, 'nothing is acknowledged').toBe(2)
    child.connection!.close(1000, 'bye')
    await kernel.run(2_000_000)
    expect([hub.closes, child.closes]).toEqual([[], ['1000 bye']])
    network.dial(gateway, 'cloud', child)
    await kernel.run(3_000_000)
    child.connection!.send(byte(3))
    await kernel.run(4_000_000)
    expect(hub.got).toEqual([3])
  })

  test('a reset tells both and loses what was under way', async () => {
    const { kernel, network, hub, child } = await connected()
    child.connection!.send(byte(1))
    network.reset('cloud', 'gateway')
    await kernel.run(1_000)
    expect(hub.got).toEqual([])
    expect([hub.closes, child.closes]).toEqual([['1006 reset'], ['1006 reset']])
  })

  test('N3 a crash loses what was under way in both directions and tells the peer; a power loss tells nobody', async () => {
    for (const death of ['crash', 'power-loss'] as const) {
      const { kernel, gateway, hub, child } = await connected()
      child.connection!.send(byte(1))
      hub.connection!.send(byte(2))
      gateway.kill(death)
      child.connection!.send(byte(3))
      await kernel.run(100_000)
      expect([hub.got, child.got, child.closes]).toEqual([[], [], []])
      expect(hub.closes).toEqual(death === 'crash' ? ['1006 peer died'] : [])
    }
  })

  test('a crash behind a cut is heard of after the heal', async () => {
    const { kernel, network, gateway, hub } = await connected()
    const heal = network.cut([['gateway', 'cloud']])
    gateway.kill()
    await kernel.run(1_000)
    expect(hub.closes).toEqual([])
    heal()
    await kernel.run(2_000)
    expect(hub.closes).toEqual(['1006 peer died'])
  })
})
