/** What `ports/clock.ts` and `ports/random.ts` promise, as tests of a platform's own time and chance. */
import { describe, expect, test } from 'vitest'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const clockContract = (name: string, clock: Clock): void => {
  describe(`${name} clock`, () => {
    test('calls back once, in order, never within the call and never early', async () => {
      const begun = clock.now().monotonic
      const calls: (readonly [number, number])[] = []
      for (const delayMs of [40, 0, 15, -1, 0]) clock.after(delayMs, () => calls.push([delayMs, clock.now().monotonic - begun]))
      expect(calls).toEqual([])
      await pass(150)
      expect(calls.map(([delayMs]) => delayMs)).toEqual([0, -1, 0, 15, 40])
      expect(calls.filter(([delayMs, passed]) => passed < delayMs)).toEqual([])
    })

    test('what is cancelled is not called, and cancelling late or twice is harmless', async () => {
      const calls: string[] = []
      const called = clock.after(0, () => calls.push('called'))
      for (const cancel of [clock.after(0, () => calls.push('now')), clock.after(20, () => calls.push('later'))]) {
        cancel()
        cancel()
      }
      await pass(60)
      called()
      expect(calls).toEqual(['called'])
    })

    test('a wait beyond what platform timers can count does not ring at once', async () => {
      const calls: string[] = []
      const cancel = clock.after(2 ** 31 + 1_000, () => calls.push('rang'))
      await pass(50)
      cancel()
      expect(calls).toEqual([])
    })

    test('wall time goes on with the monotonic', async () => {
      const before = clock.now()
      await pass(60)
      const after = clock.now()
      expect(Math.abs(after.wall - before.wall - (after.monotonic - before.monotonic))).toBeLessThan(50)
    })
  })
}

export const randomContract = (name: string, random: Random): void => {
  test(`${name} chance draws whole numbers below 2³² over the whole range, hardly ever the same twice`, () => {
    const drawn = Array.from({ length: 1_000 }, () => random.u32())
    expect(drawn.every((number) => Number.isInteger(number) && number >= 0 && number < 2 ** 32)).toBe(true)
    expect(new Set(drawn).size).toBeGreaterThan(995)
    expect(new Set(drawn.map((number) => number >>> 29)).size).toBe(8)
  })
}
