/** Mutated updates: each is refused, or harmless. Harmless: applying does not throw, leaves nothing pending, reading stays total, and a copy reads the same. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyChain } from './chain.ts'
import { editNotes, readFields, readNotes, setTitle } from './fields.ts'
import { judgeUpdate } from './guard.ts'
import { waitingProposals } from './proposals.ts'
import { openReplica, type Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { readLog } from './segments.ts'
import { ALL_RIGHTS, Author, clientOf, entry, proposeOn, replicaOf, sameBytes, successorOf, unwrap } from './test-support.ts'

const author = new Author(1, 1)
const tablet = openReplica(clientOf(7))
const known = [
  author.append([entry(1), entry(2)]),
  proposeOn(tablet, 'tablet', 1),
  unwrap(editNotes(tablet, { at: 0, remove: 0, insert: 'late truck 😀' })),
  unwrap(setTitle(tablet, 'Load')),
]
for (const update of known.slice(1)) author.replica.apply(update)
const honest = [
  ...known,
  author.append([entry(3)], [waitingProposals(author.replica)[0]!.place]),
  proposeOn(tablet, 'tablet', 2),
  unwrap(editNotes(tablet, { at: 3, remove: 2, insert: 'x😀y' })),
  unwrap(setTitle(tablet, 'Unload')),
  successorOf(author, 1, 2, [author.replica.encode()]).append([entry(4)]),
  author.replica.encode(),
  tablet.encode(),
]
const base = replicaOf(clientOf(100), known)
const before = base.encode()
const rights: Rights = { ...ALL_RIGHTS, nodes: new Set([1, 7]) }

type Mutation = (bytes: Uint8Array) => Uint8Array
const byte = fc.nat({ max: 255 })
const place = fc.nat({ max: 100_000 })
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, byte).map(
    ([at, value]): Mutation =>
      (bytes) =>
        bytes.map((old, i) => (i === at % bytes.length ? value : old)),
  ),
  fc.tuple(place, fc.nat({ max: 7 })).map(
    ([at, bit]): Mutation =>
      (bytes) =>
        bytes.map((old, i) => (i === at % bytes.length ? old ^ (1 << bit) : old)),
  ),
  fc.tuple(place, byte).map(
    ([at, value]): Mutation =>
      (bytes) =>
        new Uint8Array([...bytes.slice(0, at % bytes.length), value, ...bytes.slice(at % bytes.length)]),
  ),
  place.map(
    (at): Mutation =>
      (bytes) =>
        new Uint8Array([...bytes.slice(0, at % bytes.length), ...bytes.slice((at % bytes.length) + 1)]),
  ),
  fc.tuple(place, place).map(
    ([at, length]): Mutation =>
      (bytes) => {
        const start = at % bytes.length
        const piece = bytes.slice(start, start + (length % 12))
        return new Uint8Array([...bytes.slice(0, start), ...piece, ...bytes.slice(start)])
      },
  ),
)
const mutated = fc
  .tuple(fc.constantFrom(...honest), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([bytes, mutations]) => mutations.reduce((now, mutate) => (now.length === 0 ? now : mutate(now)), bytes))

const contentOf = (replica: Replica) => [readLog(replica), waitingProposals(replica), readNotes(replica), readFields(replica)]

const expectHarmless = (update: Uint8Array): void => {
  const replica = replicaOf(clientOf(100), [before])
  replica.apply(update)
  expect(replica.pending).toBe(false)
  expect(readLog(replica).entries.slice(0, 2)).toEqual([entry(1), entry(2)])
  verifyChain(replica)
  expect(contentOf(replicaOf(clientOf(9), [replica.encode()]))).toEqual(contentOf(replica))
}

describe('GOV-4 fuzz', () => {
  test('GOV-4 a mutated update is refused with the document as before, or harmless', () => {
    let passed = 0
    fc.assert(
      fc.property(mutated, (update) => {
        const verdict = judgeUpdate(base, update, rights)
        expect(sameBytes(base.encode(), before)).toBe(true)
        if (!verdict.ok) return
        passed += 1
        expectHarmless(update)
      }),
      { numRuns: 6_000 },
    )
    expect(passed).toBeGreaterThan(0)
  })

  test('GOV-4 random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const verdict = judgeUpdate(base, bytes, rights)
        if (verdict.ok) expectHarmless(bytes)
      }),
      { numRuns: 3_000 },
    )
  })
})
