import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acknowledge, clear, emptyBacklog, grow, oldestIn, pendingIn } from './backlog.ts'

const of = (length: number) => Array.from({ length }, (_, index) => ({ end: index + 1, count: 1, at: index * 10 }))

describe('a backlog', () => {
  test('counts what is unacknowledged, and knows since when', () => {
    const backlog = acknowledge(of(5).reduce(grow, emptyBacklog), 2, 0)
    expect([pendingIn(backlog), oldestIn(backlog)]).toEqual([3, 20])
  })

  test("entries that came from the hub itself don't count", () => {
    expect(grow(emptyBacklog, { end: 3, count: 0, at: 5 })).toEqual(emptyBacklog)
  })

  test('an ack that overtook the news of its entry leaves nothing behind', () => {
    expect(pendingIn(grow(acknowledge(emptyBacklog, 3, 0), { end: 3, count: 1, at: 5 }))).toBe(0)
  })

  test('a lower cursor brings back what the hub lost', () => {
    const backlog = acknowledge(acknowledge(emptyBacklog, 9, 0), 4, 77)
    expect([pendingIn(backlog), oldestIn(backlog), backlog.acknowledged]).toEqual([5, 77, 4])
  })

  test('what lies past the cursor and came from the hub is cleared without moving the cursor', () => {
    const backlog = clear(grow(emptyBacklog, { end: 3, count: 1, at: 5 }), 9)
    expect([pendingIn(backlog), backlog.acknowledged]).toEqual([0, 0])
  })

  test('B2 I28 an outage of any length keeps its count and its age in bounded room', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9000 }), (length) => {
        const backlog = of(length).reduce(grow, emptyBacklog)
        expect([pendingIn(backlog), oldestIn(backlog)]).toEqual([length, 0])
        expect(backlog.marks.length).toBeLessThanOrEqual(1024)
        expect(pendingIn(acknowledge(backlog, length, 0))).toBe(0)
      }),
      { numRuns: 10 },
    )
  })
})
