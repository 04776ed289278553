import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prng } from './prng.ts'

describe('prng', () => {
  test('P1 a seed keeps its numbers for ever', () => {
    const prng = new Prng(42)
    expect([prng.u32(), prng.u32(), prng.u32()]).toMatchInlineSnapshot(`
      [
        782409767,
        952785296,
        50604777,
      ]
    `)
    expect(new Prng(42).stream('network').u32()).toMatchInlineSnapshot(`3971990168`)
  })

  test('P2 a stream depends on the seed and the name only', () => {
    const fresh = new Prng(7)
    const used = new Prng(7)
    for (let draw = 0; draw < 1_000; draw++) used.u32()
    expect(used.stream('crash').u32()).toBe(fresh.stream('crash').u32())
    expect(fresh.stream('crash').u32()).not.toBe(fresh.stream('reset').u32())
    expect(new Prng(8).stream('crash').u32()).not.toBe(fresh.stream('crash').u32())
  })

  test('P3 helpers draw one number whatever their arguments', () => {
    const draws: ((prng: Prng) => unknown)[] = [
      (prng) => prng.chance(0),
      (prng) => prng.chance(1),
      (prng) => prng.between(5, 5),
      (prng) => prng.range(1, 1),
      (prng) => prng.pick(['only']),
      (prng) => prng.heavyTail(1, 1),
      (prng) => prng.gap(0),
    ]
    for (const draw of draws) {
      const [prng, reference] = [new Prng(1), new Prng(1)]
      draw(prng)
      reference.u32()
      expect(prng.u32(), String(draw)).toBe(reference.u32())
    }
  })

  test('helpers stay within their bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 1_000_000 }), (seed, low, span) => {
        const prng = new Prng(seed)
        const high = low + span
        for (let draw = 0; draw < 20; draw++) {
          for (const value of [prng.between(low, high), prng.heavyTail(low, high)]) {
            expect(value).toBeGreaterThanOrEqual(low)
            expect(value).toBeLessThanOrEqual(high)
            expect(Number.isInteger(value)).toBe(true)
          }
        }
      }),
    )
  })

  test('u32 is uniform enough: chi-squared over 256 bins, for the high and the low byte', () => {
    const prng = new Prng('uniform')
    const high = new Array<number>(256).fill(0)
    const low = new Array<number>(256).fill(0)
    const count = 65_536
    for (let draw = 0; draw < count; draw++) {
      const value = prng.u32()
      high[value >>> 24]! += 1
      low[value & 255]! += 1
    }
    const expected = count / 256
    for (const bins of [high, low]) {
      const chiSquared = bins.reduce((sum, bin) => sum + (bin - expected) ** 2 / expected, 0)
      expect(chiSquared).toBeGreaterThan(170) // 255 degrees of freedom: these are about four standard deviations
      expect(chiSquared).toBeLessThan(350)
    }
  })

  test('neighbouring seeds have nothing in common', () => {
    const firsts = new Set(Array.from({ length: 10_000 }, (_, seed) => new Prng(seed).u32()))
    expect(firsts.size).toBeGreaterThan(9_990)
  })

  test('the tail is heavy: most values small, the largest near the bound', () => {
    const prng = new Prng('tail')
    const values = Array.from({ length: 20_000 }, () => prng.heavyTail(1, 30_000)).sort((one, other) => one - other)
    expect(values[10_000]!).toBeLessThan(5)
    expect(values.at(-1)!).toBeGreaterThan(1_000)
  })

  test('a shuffle keeps every member and reaches every order', () => {
    const prng = new Prng('shuffle')
    const orders = new Set(Array.from({ length: 500 }, () => prng.shuffle(['a', 'b', 'c']).join('')))
    expect([...orders].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
  })

  test('picking from nothing is a programmer’s error', () => {
    expect(() => new Prng(1).pick([])).toThrow(RangeError)
  })
})
