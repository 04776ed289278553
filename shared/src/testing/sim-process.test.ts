import { describe, expect, test } from 'vitest'
import { Kernel } from './kernel.ts'
import { Prng } from './prng.ts'
import { SimClock } from './sim-clock.ts'
import { SimProcess } from './sim-process.ts'

const world = () => {
  const kernel = new Kernel(new Prng(1))
  const process = new SimProcess(kernel, 'gateway')
  const seen: string[] = []
  const say = (text: string) => () => seen.push(`${text} ${kernel.now}`)
  return { kernel, process, seen, say }
}

describe('process', () => {
  test('R1 nothing of a killed process happens any more, and its timers leave the heap', async () => {
    const { kernel, process, seen, say } = world()
    process.after(5, 'before', say('before'))
    process.after(50, 'after', say('after'))
    kernel.at(10, 'kill', () => process.kill())
    await kernel.run(10)
    expect(kernel.pending).toBe(0)
    kernel.at(10, 'late', () => {
      process.after(1, 'zombie', say('zombie'))
      process.enter(say('entered'))
      process.freeze(5, 'pause')
    })
    await kernel.run(100)
    expect(seen).toEqual(['before 5'])
    expect([process.alive, process.frozen, kernel.pending, kernel.now]).toEqual([false, false, 0, 100])
  })

  test('R1 what a process awaits dies with it', async () => {
    const { kernel, process, seen, say } = world()
    process.enter(async () => {
      await new Promise<void>((resolve) => process.after(50, 'slow', resolve))
      say('woke')()
    })
    kernel.at(10, 'kill', () => process.kill())
    await kernel.run(100)
    expect(seen).toEqual([])
  })

  test('R2 death is told to the world once, with its manner, and not to who stopped listening', () => {
    const { process, seen } = world()
    process.onKill((death) => seen.push(death))
    const forget = process.onKill(() => seen.push('forgotten'))
    forget()
    process.kill('power-loss')
    process.kill('crash')
    expect(seen).toEqual(['power-loss'])
  })

  test('R1 a frozen process does what came due when it thaws, unless cancelled meanwhile or killed', async () => {
    const { kernel, process, seen, say } = world()
    process.after(20, 'due', say('due'))
    const cancel = process.after(25, 'cancelled', say('cancelled'))
    process.after(200, 'later', say('later'))
    kernel.at(10, 'freeze', () => process.freeze(90, 'pause'))
    kernel.at(50, 'message', () => process.enter(say('entered')))
    kernel.at(60, 'cancel', cancel)
    await kernel.run(250)
    expect(seen.toSorted()).toEqual(['due 100', 'entered 100', 'later 200'])
    process.after(5, 'due', say('again'))
    process.freeze(50, 'pause')
    kernel.at(20, 'kill', () => process.kill())
    await kernel.run(500)
    expect(seen).toHaveLength(3)
  })

  test('an error in a timer ends the run', async () => {
    const { kernel, process } = world()
    process.after(1, 'bad', async () => {
      await undefined
      throw new Error('bad timer')
    })
    await expect(kernel.run(10)).rejects.toThrow('bad timer')
  })
})

describe('clock', () => {
  test('wall time drifts, is offset and jumps; monotonic time only drifts', async () => {
    const { kernel, process } = world()
    const machine = new SimClock(kernel, { driftPpm: 200, offsetMs: -60_000 })
    const clock = machine.of(process)
    const before = clock.now()
    await kernel.run(1_000_000)
    const after = clock.now()
    expect(after.wall - before.wall).toBe(1_000_200)
    expect(after.monotonic - before.monotonic).toBeCloseTo(1_000_200)
    machine.jump(-86_400_000)
    expect(clock.now().wall).toBe(after.wall - 86_400_000)
    expect(clock.now().monotonic).toBe(after.monotonic)
    expect(new SimClock(kernel).wall() - machine.wall()).toBe(86_400_000 + 60_000 - 200)
  })

  test('monotonic time begins with the process, wall time goes on', async () => {
    const { kernel, process } = world()
    const machine = new SimClock(kernel)
    await kernel.run(5_000)
    const reborn = new SimProcess(kernel, process.name, process.life + 1)
    expect(machine.of(process).now().monotonic).toBe(5_000)
    expect(machine.of(reborn).now()).toEqual({ wall: machine.wall(), monotonic: 0 })
  })

  test('I20 a timer never fires before its monotonic delay, at any drift, and soon after', async () => {
    const prng = new Prng('timers')
    for (let round = 0; round < 200; round++) {
      const { kernel, process } = world()
      const clock = new SimClock(kernel, { driftPpm: prng.range(-200, 200), offsetMs: 0 }).of(process)
      await kernel.run(prng.between(0, 10_000_000))
      const begun = clock.now().monotonic
      const delay = prng.pick([0, 1, 0.5, 1_000, prng.between(1, 100_000_000)])
      let waited = -1
      clock.after(delay, () => {
        waited = clock.now().monotonic - begun
      })
      expect(waited, 'never synchronously').toBe(-1)
      await kernel.runUntil(() => waited >= 0, 300_000_000)
      expect(begun + waited).toBeGreaterThanOrEqual(begun + delay)
      expect(waited).toBeLessThan(delay + 2.1)
    }
  })

  test('I20 a delay beyond 2^31 ms, jumps in between, cancelling late and twice', async () => {
    const { kernel, process, seen, say } = world()
    const machine = new SimClock(kernel)
    const clock = machine.of(process)
    const days = 86_400_000
    clock.after(30 * days, say('thirty days'))
    const cancel = clock.after(days, say('never'))
    await kernel.run(1_000)
    machine.jump(365 * days)
    cancel()
    cancel()
    await kernel.run(31 * days)
    cancel()
    expect(seen).toEqual([`thirty days ${30 * days}`])
  })

  test('I20 time asleep doesn’t count for monotonic time: the timer waits on; wall time tells', async () => {
    const { kernel, process, seen, say } = world()
    const machine = new SimClock(kernel)
    const clock = machine.of(process)
    clock.after(100, say('rang'))
    kernel.at(50, 'suspend', () => process.freeze(1_000, 'suspend'))
    await kernel.run(2_000)
    expect(seen).toEqual(['rang 1100'])
    expect(clock.now().monotonic).toBe(1_000)
  })

  test('a paused process finds its timers overdue', async () => {
    const { kernel, process, seen, say } = world()
    new SimClock(kernel).of(process).after(100, say('rang'))
    kernel.at(50, 'pause', () => process.freeze(1_000, 'pause'))
    await kernel.run(2_000)
    expect(seen).toEqual(['rang 1050'])
  })
})

test('while its machine sleeps a process is no older at any moment, whoever asks', async () => {
  const kernel = new Kernel(new Prng(1))
  const process = new SimProcess(kernel, 'n')
  const clock = new SimClock(kernel).of(process)
  const seen: number[] = []
  kernel.at(50, 'suspend', () => process.freeze(1_000, 'suspend'))
  for (const at of [50, 500, 1_049, 1_100]) kernel.at(at, 'look', () => seen.push(clock.now().monotonic))
  await kernel.run(2_000)
  expect(seen).toEqual([50, 50, 50, 100])
})
