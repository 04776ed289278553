import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventHeap, type ScheduledEvent } from './event-heap.ts'

const event = (at: number, tieBreak: number, sequence: number): ScheduledEvent => {
  return { at, tieBreak, sequence, node: 'world', label: '', callback: () => undefined }
}
const drain = (heap: EventHeap): ScheduledEvent[] => {
  const events: ScheduledEvent[] = []
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) events.push(next)
  return events
}
const inOrder = (one: ScheduledEvent, other: ScheduledEvent): number =>
  one.at - other.at || one.tieBreak - other.tieBreak || one.sequence - other.sequence

test('events come by time, then tie-break, then sequence, whatever the order of pushing and cancelling', () => {
  const key = fc.record({ at: fc.nat(5), tieBreak: fc.nat(3), cancelled: fc.boolean() })
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
      const heap = new EventHeap()
      const events = keys.map(({ at, tieBreak }, sequence) => event(at, tieBreak, sequence))
      for (const each of events) heap.push(each)
      for (const [index, { cancelled }] of keys.entries()) if (cancelled) heap.cancel(events[index]!)
      const kept = events.filter((_, index) => !keys[index]!.cancelled)
      expect(heap.size).toBe(kept.length)
      expect(drain(heap)).toEqual(kept.sort(inOrder))
      expect(heap.size).toBe(0)
    }),
  )
})

test('cancelled events are swept out and the order of the rest stands', () => {
  const heap = new EventHeap()
  const events = Array.from({ length: 10_000 }, (_, index) => event((index * 7_919) % 10_007, 0, index))
  for (const each of events) heap.push(each)
  for (const [index, each] of events.entries()) if (index % 10 !== 0) heap.cancel(each)
  expect(heap.size).toBe(1_000)
  expect(drain(heap)).toEqual(events.filter((_, index) => index % 10 === 0).sort(inOrder))
})

test('cancelling twice counts once', () => {
  const heap = new EventHeap()
  const [one, other] = [event(1, 0, 0), event(2, 0, 1)]
  heap.push(one)
  heap.push(other)
  heap.cancel(one)
  heap.cancel(one)
  expect(heap.size).toBe(1)
  expect(heap.pop()).toBe(other)
})
