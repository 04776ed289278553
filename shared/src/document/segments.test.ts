import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEGMENT_LENGTH } from './log-index.ts'
import { openerElement } from './opener.ts'
import { openReplica } from './replica.ts'
import { compareSegmentNames, formatSegmentName, parseSegmentName } from './segment-name.ts'
import { type Entry, endOf, readLog, readTail, START } from './segments.ts'
import { Author, clientOf, entry, rawUpdate, replicaOf, successorOf } from './test-support.ts'

const entries = (from: number, to: number): Entry[] => Array.from({ length: to - from }, (_, i) => entry(from + i))
const reader = (...updates: Uint8Array[]) => replicaOf(clientOf(99), updates)

describe('segment names', () => {
  test('are canonical: parse gives back what format took, and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (epoch, life, part) => {
        expect(parseSegmentName(formatSegmentName({ epoch, life, part }))).toEqual({ epoch, life, part })
      }),
    )
    for (const bad of ['log:01.0.0', 'log:1.2', 'log:1.2.3.4', 'log:-1.0.0', 'log:1.0.0 ', 'LOG:1.0.0', 'log:1e3.0.0', 'proposals', '']) {
      expect(parseSegmentName(bad)).toBeUndefined()
    }
  })

  test('are ordered by number, not by text', () => {
    const names = ['log:2.0.0', 'log:10.0.0', 'log:1.9.9', 'log:1.10.0'].flatMap((name) => parseSegmentName(name) ?? [])
    expect(names.sort(compareSegmentNames).map(formatSegmentName)).toEqual(['log:1.9.9', 'log:1.10.0', 'log:2.0.0', 'log:10.0.0'])
  })
})

describe('D1 fold follows bases', () => {
  test('D1a an empty document reads as an empty log', () => {
    expect(readLog(openReplica(clientOf(1)))).toEqual({ entries: [], position: START, cut: [], segments: [] })
  })

  test('D1a a new life goes on where the last one ended', () => {
    const first = new Author(1, 7)
    first.append(entries(0, 3))
    const second = successorOf(first, 1, 2)
    second.append(entries(3, 5))
    const log = readLog(second.replica)
    expect(log.entries).toEqual(entries(0, 5))
    expect(log.segments).toEqual(['log:1.7.0', 'log:1.2.0'])
    expect(log.position).toEqual({ segment: 'log:1.2.0', index: 3, length: 5 })
    expect(log.cut).toEqual([])
  })

  test('D1b D1f an old authority that wrote on beyond a cut: its entries are reported, not folded', () => {
    const old = new Author(1, 1)
    old.append(entries(0, 3))
    const heir = successorOf(old, 2, 1)
    const late = old.append(entries(100, 102))
    const afterRestart = successorOf(old, 1, 2)
    const later = afterRestart.append(entries(200, 201))
    const next = heir.append(entries(3, 5))
    const log = readLog(reader(...old.updates, later, next))
    expect(late.length).toBeGreaterThan(0)
    expect(log.entries).toEqual(entries(0, 5))
    expect(log.cut).toEqual([
      { segment: 'log:1.1.0', index: 4, entry: entry(100) },
      { segment: 'log:1.1.0', index: 5, entry: entry(101) },
      { segment: 'log:1.2.0', index: 1, entry: entry(200) },
    ])
  })

  test('D1e a successor that arrives before the end of its base is not read over the gap', () => {
    const first = new Author(1, 1)
    const [one, two] = [first.append(entries(0, 2)), first.append(entries(2, 4))]
    const second = successorOf(first, 2, 1)
    const three = second.append(entries(4, 6))
    const replica = reader(one, three)
    expect(readLog(replica).entries).toEqual(entries(0, 2))
    expect(readLog(replica).cut).toEqual([])
    const { position } = readLog(replica)
    replica.apply(two)
    expect(readTail(replica, position)).toMatchObject({ entries: entries(2, 6) })
  })

  test('D1e a segment whose base has not arrived is waiting, not cut', () => {
    const first = new Author(1, 1)
    first.append(entries(0, 2))
    const update = successorOf(first, 1, 2).append(entries(2, 3))
    expect(readLog(reader(update))).toMatchObject({ entries: [], cut: [] })
  })

  test('segments that name each other as base, or themselves, are never followed and never hang', () => {
    const head = '0'.repeat(64)
    const on = (segment: string) => openerElement({ base: { segment, length: 1 }, head })
    const update = rawUpdate(clientOf(5), [], (doc) => {
      doc.getArray('log:1.0.0').push([on('log:1.1.0'), entry(1)])
      doc.getArray('log:1.1.0').push([on('log:1.0.0'), entry(2)])
      doc.getArray('log:1.2.0').push([on('log:1.2.0'), entry(3)])
      doc.getArray('log:1.3.0').push(['no opener', entry(4)])
    })
    expect(readLog(reader(update))).toMatchObject({ entries: [], cut: [], segments: [] })
  })
})

describe('reading on', () => {
  test('readTail gives the new entries only, across parts and lives', () => {
    const author = new Author(1, 1)
    let position = START
    const seen: Entry[] = []
    for (let n = 0; n < 40; n++) {
      author.append(entries(n * 60, n * 60 + 60))
      const tail = readTail(author.replica, position)
      if (tail === 'refold') throw new Error('nothing was cut')
      expect(tail.entries).toEqual(entries(n * 60, n * 60 + 60))
      seen.push(...tail.entries)
      position = tail.position
    }
    expect(seen).toEqual(readLog(author.replica).entries)
    expect(position).toEqual(endOf(author.replica))
  })

  test('readTail says refold when what was read lies beyond a cut, and not when the cut lies ahead', () => {
    const old = new Author(1, 1)
    old.append(entries(0, 3))
    const heir = successorOf(old, 2, 1)
    const before = endOf(old.replica)
    old.append(entries(100, 102))
    const after = endOf(old.replica)
    old.replica.apply(heir.append(entries(3, 4)))
    expect(readTail(old.replica, after)).toBe('refold')
    expect(readTail(old.replica, before)).toMatchObject({ entries: [entry(3)] })
    expect(readTail(old.replica, { segment: 'log:9.9.9', index: 1, length: 0 })).toBe('refold')
  })

  test(`parts hold ${SEGMENT_LENGTH} elements, also when one turn overflows several`, () => {
    const author = new Author(1, 1)
    author.append(entries(0, 1000))
    author.append(entries(1000, 4000))
    author.append(entries(4000, 4001))
    const log = readLog(author.replica)
    expect(log.entries).toEqual(entries(0, 4001))
    expect(log.segments).toEqual(['log:1.1.0', 'log:1.1.1', 'log:1.1.2', 'log:1.1.3'])
    const lengths = log.segments.map((name) => author.replica.doc.getArray(name).length)
    expect(lengths).toEqual([SEGMENT_LENGTH, SEGMENT_LENGTH, SEGMENT_LENGTH, 4001 + 4 - 3 * SEGMENT_LENGTH])
  })
})
