import { describe, expect, test } from 'vitest'
import { byte, connected, Side } from './two-nodes.ts'

describe('network faults', () => {
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

  test('a cut stops what is already under way, a dial included', async () => {
    const { kernel, network, gateway, hub, child } = await connected()
    const other = new Side()
    child.connection!.send(byte(1))
    network.dial(gateway, 'cloud', other)
    const heal = network.cut([['gateway', 'cloud']])
    await kernel.run(60_000)
    expect([hub.got, other.closes]).toEqual([[], ['1006 unreachable']])
    heal()
    await kernel.run(70_000)
    expect(hub.got).toEqual([1])
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
