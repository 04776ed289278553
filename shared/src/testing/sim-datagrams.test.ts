import { expect, test } from 'vitest'
import { Kernel } from './kernel.ts'
import { Prng } from './prng.ts'
import { SimDatagrams } from './sim-datagrams.ts'
import { CALM, type LinkConditions } from './sim-link.ts'
import { SimNetwork } from './sim-network.ts'
import { SimProcess } from './sim-process.ts'

const deliver = async (conditions: Partial<LinkConditions>, count: number): Promise<number[]> => {
  const prng = new Prng(3)
  const kernel = new Kernel(prng)
  const datagrams = new SimDatagrams(kernel, new SimNetwork(kernel, prng, { ...CALM, minDelayMs: 1, maxDelayMs: 1, ...conditions }))
  const [sender, receiver] = [new SimProcess(kernel, 'sender'), new SimProcess(kernel, 'receiver')]
  const got: number[] = []
  datagrams.receive(receiver, (from, message) => got.push(from === 'sender' ? message[0]! : -1))
  for (let value = 0; value < count; value++) {
    datagrams.send(sender, 'receiver', Uint8Array.of(value))
    await kernel.run(kernel.now + 1)
  }
  await kernel.run(kernel.now + 1_000)
  return got
}
const all = Array.from({ length: 200 }, (_, value) => value)

test('datagrams arrive, in order, when nothing is wrong', async () => {
  expect(await deliver({}, 200)).toEqual(all)
})

test('lost ones are gone, doubled ones come twice, held-back ones are overtaken', async () => {
  const lossy = await deliver({ loss: 0.3 }, 200)
  expect(lossy.length).toBeGreaterThan(100)
  expect(lossy.length).toBeLessThan(180)
  const doubled = await deliver({ duplicate: 0.2 }, 200)
  expect([...new Set(doubled)]).toEqual(all)
  expect(doubled.length).toBeGreaterThan(215)
  const reordered = await deliver({ reorder: 0.5 }, 200)
  expect(reordered).not.toEqual(all)
  expect(reordered.toSorted((one, other) => one - other)).toEqual(all)
})

test('those under way when their receiver dies, and those met by a cut, are lost', async () => {
  const prng = new Prng(3)
  const kernel = new Kernel(prng)
  const network = new SimNetwork(kernel, prng, CALM)
  const datagrams = new SimDatagrams(kernel, network)
  const [sender, receiver] = [new SimProcess(kernel, 'sender'), new SimProcess(kernel, 'receiver')]
  const got: number[] = []
  datagrams.receive(receiver, (_from, message) => got.push(message[0]!))
  const heal = network.cut([['sender', 'receiver']])
  datagrams.send(sender, 'receiver', Uint8Array.of(1))
  heal()
  datagrams.send(sender, 'receiver', Uint8Array.of(2))
  datagrams.send(sender, 'nobody', Uint8Array.of(3))
  receiver.kill()
  await kernel.run(1_000)
  expect(got).toEqual([])
})
