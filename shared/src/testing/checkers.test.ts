import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { brokenPrefixes, diverged, doubleEffects, type HeldEntry, lostAcknowledged, unconserved } from './checkers.ts'
import { assertInvariant, assertNone, InvariantBroken } from './invariant.ts'

const entry = (author: string, sequence: number, hash = `${author}${sequence}`): HeldEntry => ({ author, sequence, hash })
const faults = (entries: readonly HeldEntry[], first?: number): unknown[] => brokenPrefixes(entries, first).map(({ details }) => details)

describe('checkers', () => {
  test('I1 lost acknowledgements are named', () => {
    expect(lostAcknowledged(['a', 'b'], new Set(['b', 'a', 'c']))).toEqual([])
    expect(lostAcknowledged(['a', 'b'], new Set(['b']))).toEqual([{ invariant: 'I1 no lost acknowledged write', details: { id: 'a' } }])
    expect(lostAcknowledged([], new Set())).toEqual([])
  })

  test('I3 interleaved whole runs are good, from any first number', () => {
    const run = fc.record({ author: fc.constantFrom('a', 'b', 'c'), length: fc.nat(10) })
    fc.assert(
      fc.property(fc.array(run), fc.integer({ min: 0, max: 5 }), (runs, first) => {
        const next = new Map<string, number>()
        const entries = runs.flatMap(({ author, length }) =>
          Array.from({ length }, () => {
            const sequence = next.get(author) ?? first
            next.set(author, sequence + 1)
            return entry(author, sequence)
          }),
        )
        expect(brokenPrefixes(entries, first)).toEqual([])
      }),
    )
  })

  test('I3 gaps, forks, duplicates and runs that begin late are told, once per author', () => {
    expect(faults([entry('a', 0), entry('a', 2), entry('a', 3)])).toEqual([{ author: 'a', fault: 'gap', sequence: 2, expected: 1 }])
    expect(faults([entry('a', 0), entry('a', 0)])).toEqual([{ author: 'a', fault: 'duplicate', sequence: 0, expected: 1 }])
    expect(faults([entry('a', 0), entry('a', 1), entry('a', 0, 'other')])).toEqual([
      { author: 'a', fault: 'fork', sequence: 0, expected: 2 },
    ])
    expect(faults([entry('a', 1)])).toHaveLength(1)
    expect(faults([entry('a', 0)], 1)).toHaveLength(1)
    expect(faults([entry('a', 5), entry('b', 5)])).toHaveLength(2)
  })

  test('I7 equal updates must show equal state; unequal updates may differ', () => {
    const one = { replica: 'one', updates: 'u', state: 's' }
    expect(diverged([one, { ...one, replica: 'two' }, { replica: 'three', updates: 'v', state: 't' }])).toEqual([])
    expect(diverged([one, { ...one, replica: 'two', state: 't' }])).toHaveLength(1)
  })

  test('I21 an effect carried out twice is told, unless declared unknown', () => {
    expect(doubleEffects(['a', 'b'])).toEqual([])
    expect(doubleEffects(['a', 'b', 'a', 'a'])).toEqual([{ invariant: 'I21 no double effect', details: { effect: 'a', times: 3 } }])
    expect(doubleEffects(['a', 'a'], new Set(['a']))).toEqual([])
  })

  test('I23 tasks that vanish or appear from nowhere are told', () => {
    const counts = { created: 10, done: 5, failed: 2, cancelled: 1, open: 2 }
    expect(unconserved(counts)).toEqual([])
    expect(unconserved({ ...counts, done: 6 })).toHaveLength(1)
    expect(unconserved({ ...counts, open: 0 })).toHaveLength(1)
    expect(unconserved({ created: 0, done: 1, failed: 0, cancelled: 0, open: -1 })).toHaveLength(1)
  })

  test('a broken invariant is thrown with its name and details, which are worked out only then', () => {
    let workedOut = 0
    const details = () => ({ times: ++workedOut })
    assertInvariant('I18 legal transitions', true, details)
    expect(workedOut).toBe(0)
    expect(() => assertInvariant('I18 legal transitions', false, details)).toThrow(InvariantBroken)
    expect(() => assertNone([])).not.toThrow()
    expect(() => assertNone(doubleEffects(['a', 'a']))).toThrow('I21 no double effect: {"effect":"a","times":2}')
  })
})
