import { describe, expect, test } from 'vitest'
import { Kernel } from './kernel.ts'
import { Prng } from './prng.ts'

const hops = async (count: number): Promise<void> => {
  for (let hop = 0; hop < count; hop++) await undefined
}

/** Actors that await chains of promises of random length, talk to each other, and set timers from deep inside a chain. */
const chatter = async (seed: number): Promise<Kernel> => {
  const prng = new Prng(seed)
  const kernel = new Kernel(prng)
  const own = prng.stream('actors')
  const act = async (actor: number): Promise<void> => {
    await hops(own.between(0, 50))
    kernel.note(`actor-${actor}`, `at ${kernel.now}`)
    kernel.at(own.heavyTail(1, 1_000), 'act', () => act(own.between(0, 9)), `actor-${actor}`)
  }
  for (let actor = 0; actor < 10; actor++) kernel.at(0, 'start', () => act(actor))
  await kernel.run(2_000)
  return kernel
}

describe('kernel', () => {
  test('I30 the same seed gives the same trace hash, another seed another', async () => {
    const [one, same, other] = await Promise.all([chatter(1), chatter(1), chatter(2)])
    expect(one.events).toBeGreaterThan(1_000)
    expect(same.history.hash).toBe(one.history.hash)
    expect(same.history.report()).toBe(one.history.report())
    expect(other.history.hash).not.toBe(one.history.hash)
  })

  test('K1 events happen in order of time, and time stands at the limit afterwards', async () => {
    const kernel = new Kernel(new Prng(1))
    const seen: number[] = []
    for (const delay of [30, 10, 20.2, 40, -5]) kernel.at(delay, 'tick', () => seen.push(kernel.now))
    await kernel.run(35)
    expect(seen).toEqual([0, 10, 21, 30])
    expect([kernel.now, kernel.events, kernel.pending]).toEqual([35, 4, 1])
    await kernel.run(40)
    expect(seen.at(-1)).toBe(40)
  })

  test('K1 what falls on the same millisecond happens in any order over the seeds', async () => {
    const orders = new Set<string>()
    for (let seed = 0; seed < 40; seed++) {
      const kernel = new Kernel(new Prng(seed))
      const order: string[] = []
      for (const name of ['a', 'b', 'c']) kernel.at(5, name, () => order.push(name))
      await kernel.run(5)
      orders.add(order.join(''))
    }
    expect(orders.size).toBe(6)
  })

  test('K2 a chain of 10,000 awaits ends before the next event of the same millisecond', async () => {
    const kernel = new Kernel(new Prng(1))
    const seen: string[] = []
    for (const name of ['a', 'b']) {
      kernel.at(1, name, async () => {
        seen.push(`${name} begins`)
        await hops(10_000)
        seen.push(`${name} ends`)
      })
    }
    await kernel.run(1)
    expect(seen.map((line) => line.slice(2))).toEqual(['begins', 'ends', 'begins', 'ends'])
  })

  test('K2 a callback that waits for a later event doesn’t stop the world', async () => {
    const kernel = new Kernel(new Prng(1))
    let woken = -1
    kernel.at(1, 'sleep', async () => {
      await new Promise<void>((resolve) => kernel.at(100, 'wake', resolve))
      woken = kernel.now
    })
    await kernel.run(200)
    expect(woken).toBe(101)
  })

  test('K2 what was begun outside the run is settled before its first event', async () => {
    const kernel = new Kernel(new Prng(1))
    const begin = async (): Promise<void> => {
      await hops(100)
      kernel.at(5, 'tick', () => undefined)
    }
    begin()
    await kernel.run(10)
    expect([kernel.events, kernel.now]).toEqual([1, 10])
    let settled = false
    hops(100).then(() => {
      settled = true
    })
    expect(await kernel.runUntil(() => settled, 10)).toBe(true)
  })

  test('K4 an error ends the run, from a callback, from its promise, from a check, from outside', async () => {
    const failing: ((kernel: Kernel) => void)[] = [
      (kernel) => kernel.at(1, 'throws', () => fail()),
      (kernel) => kernel.at(1, 'rejects', async () => hops(20).then(fail)),
      (kernel) => kernel.afterEach(fail),
      (kernel) => kernel.at(1, 'told', () => kernel.fail(new Error('broken'))),
    ]
    for (const prepare of failing) {
      const kernel = new Kernel(new Prng(1))
      let later = 0
      prepare(kernel)
      kernel.at(1_000, 'later', () => later++)
      kernel.at(2, 'quiet', () => undefined)
      await expect(kernel.run(10)).rejects.toThrow('broken')
      await expect(kernel.run(2_000), 'it stays broken').rejects.toThrow('broken')
      expect(later).toBe(0)
    }
  })

  test('cancelled events don’t happen; cancelling late or twice is harmless', async () => {
    const kernel = new Kernel(new Prng(1))
    let happened = 0
    const cancel = kernel.at(1, 'never', () => happened++)
    const late = kernel.at(1, 'once', () => happened++)
    cancel()
    cancel()
    await kernel.run(5)
    late()
    expect([happened, kernel.pending]).toEqual([1, 0])
  })

  test('runUntil stops after the event that makes it true, or at the limit', async () => {
    const kernel = new Kernel(new Prng(1))
    let ticks = 0
    const tick = (): void => {
      ticks++
      kernel.at(10, 'tick', tick)
    }
    tick()
    expect(await kernel.runUntil(() => ticks === 4, 1_000)).toBe(true)
    expect(kernel.now).toBe(30)
    expect(await kernel.runUntil(() => false, 95)).toBe(false)
    expect([kernel.now, ticks]).toEqual([95, 10])
  })

  test('a delay that is no number is refused at once', () => {
    expect(() => new Kernel(new Prng(1)).at(Number.NaN, 'lost', () => undefined)).toThrow(RangeError)
  })
})

const fail = (): never => {
  throw new Error('broken')
}
