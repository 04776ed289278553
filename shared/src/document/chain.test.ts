import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type * as Y from 'yjs'
import type { Json } from '../values/json.ts'
import { type Anchor, verifyChain, verifyOn } from './chain.ts'
import { headHex } from './head.ts'
import type { Replica } from './replica.ts'
import { endOf, readLog } from './segments.ts'
import { Author, clientOf, codeOf, entry, rawUpdate, replicaOf, successorOf, unwrap } from './test-support.ts'

const TURNS = 9

/** Three lives of three turns each. */
const history = (): Author => {
  let author = new Author(1, 1)
  for (let n = 0; n < TURNS; n++) {
    if (n % 3 === 0 && n > 0) {
      const next = successorOf(author, 1, n)
      next.updates.push(...author.updates)
      author = next
    }
    author.append([entry(n), entry(n + 100)])
  }
  return author
}

const anchorOf = (author: Author): Anchor => ({ position: endOf(author.replica), head: headHex(author.head) })

/** The same document rebuilt by somebody with a text editor. */
const forge = (replica: Replica, edit: (segment: Y.Array<Json>, name: string) => void): Replica =>
  replicaOf(clientOf(99), [
    rawUpdate(clientOf(66), [], (doc) => {
      for (const name of readLog(replica).segments) {
        const copy = doc.getArray<Json>(name)
        copy.push(replica.doc.getArray<Json>(name).toArray())
        edit(copy, name)
      }
    }),
  ])

describe('PER-1 hash chain', () => {
  test('PER-1 verifies an honest log, and gives the head its authority had', () => {
    const author = history()
    const verified = unwrap(verifyChain(author.replica, anchorOf(author)))
    expect(headHex(verified.head)).toBe(headHex(author.head))
    expect(verified.position).toEqual(endOf(author.replica))
    expect(
      codeOf(verifyChain(replicaOf(clientOf(99), []), { position: { segment: null, index: 0, length: 0 }, head: '0'.repeat(64) })),
    ).toBe('ok')
  })

  test('PER-1 verified on from any earlier point, the head is the same as verified from the beginning', () => {
    const author = history()
    const reader = replicaOf(clientOf(99), [])
    let known = unwrap(verifyChain(reader))
    for (const update of author.updates) {
      reader.apply(update)
      known = unwrap(verifyOn(reader, known))
      expect(known).toEqual(unwrap(verifyChain(reader)))
    }
    expect(headHex(known.head)).toBe(headHex(author.head))
  })

  test('PER-1 an anchor in the past still verifies after the log has grown', () => {
    const author = history()
    const anchor = anchorOf(author)
    const next = successorOf(author, 4, 1)
    next.append([entry(500)])
    next.append([entry(501)])
    expect(codeOf(verifyChain(next.replica, anchor))).toBe('ok')
  })

  test('PER-1 any element changed, removed, added or swapped with its neighbour is found', () => {
    const author = history()
    const anchor = anchorOf(author)
    const names = readLog(author.replica).segments
    const place = fc.record({ name: fc.constantFrom(...names), index: fc.integer({ min: 1, max: 5 }) })
    const kind = fc.constantFrom<'change' | 'remove' | 'add' | 'swap'>('change', 'remove', 'add', 'swap')
    fc.assert(
      fc.property(place, kind, (at, what) => {
        const forged = forge(author.replica, (segment, name) => {
          if (name !== at.name) return
          const original = segment.get(at.index)
          if (what !== 'add') segment.delete(at.index, 1)
          if (what === 'change') segment.insert(at.index, [[9, 0, 'changed']])
          if (what === 'add') segment.insert(at.index, [entry(77)])
          if (what === 'swap') segment.insert(at.index === 1 ? 2 : at.index - 1, [original])
        })
        expect(['chain-broken', 'anchor-mismatch']).toContain(codeOf(verifyChain(forged, anchor)))
      }),
      { numRuns: 200 },
    )
  })

  test('PER-1 a log cut short, or rolled back to an older copy, does not reach its anchor', () => {
    const author = history()
    const anchor = anchorOf(author)
    for (let kept = 0; kept < author.updates.length; kept++) {
      expect(codeOf(verifyChain(replicaOf(clientOf(99), author.updates.slice(0, kept)), anchor))).toBe('anchor-mismatch')
    }
  })

  test('PER-1 a change before the last opener is found without any anchor', () => {
    const forged = forge(history().replica, (segment, name) => {
      if (name !== 'log:1.3.0') return
      segment.delete(2, 1)
      segment.insert(2, [entry(1234)])
    })
    expect(codeOf(verifyChain(forged))).toBe('chain-broken')
  })
})
