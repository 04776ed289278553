import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advance, ageOf, ask, type FeedPlace, isWithin, NO_PROBES, type Probes, reply } from './staleness.ts'

const at = (sequence: number, generation = 'g'): FeedPlace => ({ generation, sequence })

const asked = (probes: Probes, now: number): Probes => ask(probes, now).probes

describe('R1 age is counted from the sending', () => {
  test('R1 however late the answer comes; and exactly maxLag old is fresh enough', () => {
    const probes = reply(asked(NO_PROBES, 100), 1, at(5), at(5))
    expect(ageOf(probes, 900)).toBe(800)
    expect([isWithin(probes, 800, 900), isWithin(probes, 799, 900)]).toEqual([true, false])
  })

  test('R1 a line that is silent proves nothing: without an answer, everything is too old', () => {
    const probes = [1, 2, 3].reduce((so, now) => asked(so, now), NO_PROBES)
    expect(isWithin(probes, Number.MAX_SAFE_INTEGER, 4)).toBe(false)
  })
})

describe('R2 what counts as an answer', () => {
  test('R2 one whose position is applied, now or later, in the same generation', () => {
    const waiting = reply(asked(NO_PROBES, 100), 1, at(5), at(4))
    expect(ageOf(waiting, 100)).toBe(Number.POSITIVE_INFINITY)
    expect(ageOf(advance(waiting, at(9, 'other')), 100)).toBe(Number.POSITIVE_INFINITY)
    expect(ageOf(advance(waiting, at(5)), 150)).toBe(50)
  })

  test('R2 not one for another number, and none twice', () => {
    expect(reply(asked(NO_PROBES, 100), 2, at(0), at(9))).toMatchObject({ provenAt: undefined })
    const once = reply(asked(NO_PROBES, 100), 1, at(3), at(3))
    expect(reply(once, 1, at(0), at(9))).toEqual(once)
  })
})

test('R3 what was proven stays proven, in whatever order answers come', () => {
  const first = asked(asked(NO_PROBES, 100), 200)
  const newerFirst = reply(reply(first, 2, at(5), at(5)), 1, at(5), at(5))
  const olderFirst = reply(reply(first, 1, at(5), at(5)), 2, at(5), at(5))
  expect([ageOf(newerFirst, 300), ageOf(olderFirst, 300)]).toEqual([100, 100])
})

type Step = { readonly type: 'write' | 'apply' | 'ask' | 'reply'; readonly pick: number }

test('I15 R2 a reader that answers within its bound misses nothing written earlier than that', () => {
  const steps = fc.array(fc.record({ type: fc.constantFrom<Step['type']>('write', 'apply', 'ask', 'reply'), pick: fc.nat(5) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 20 }), (run, maxLagMs) => {
      const writtenAt: number[] = []
      const inFlight: { readonly number: number; readonly place: number }[] = []
      let [probes, applied, now] = [NO_PROBES, 0, 0]
      for (const { type, pick } of run) {
        now += 1
        if (type === 'write') writtenAt.push(now)
        else if (type === 'apply') {
          applied = Math.min(writtenAt.length, applied + pick)
          probes = advance(probes, at(applied))
        } else if (type === 'ask') {
          const sent = ask(probes, now)
          probes = sent.probes
          inFlight.push({ number: sent.number, place: writtenAt.length })
        } else {
          const [one] = inFlight.splice(pick % Math.max(1, inFlight.length), 1)
          if (one !== undefined) probes = reply(probes, one.number, at(one.place), at(applied))
        }
        const oldestMissed = writtenAt[applied]
        if (isWithin(probes, maxLagMs, now) && oldestMissed !== undefined) expect(now - oldestMissed).toBeLessThanOrEqual(maxLagMs)
      }
    }),
  )
})

test('I28 what is never answered does not add up', () => {
  let probes = NO_PROBES
  for (let now = 0; now < 1_000; now += 1) probes = asked(probes, now)
  expect(probes.open.size).toBeLessThan(32)
  for (let number = 900; number <= 1_000; number += 1) probes = reply(probes, number, at(number), at(0))
  expect(probes.replies.length).toBeLessThan(32)
})
