import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admissible } from './admission.ts'
import { type Place, type Proposal, propose, removeProposals, type Waiting, waitingProposals } from './proposals.ts'
import { openReplica } from './replica.ts'
import { clientOf, codeOf, proposalOf, proposeOn, rawUpdate, replicaOf } from './test-support.ts'

const waiting = (journal: string, n: number, clock = n): Waiting => ({
  malformed: false,
  place: { client: 1, clock },
  proposal: proposalOf(journal, n),
})

describe('proposals', () => {
  test('read back as they were written, on every replica', () => {
    const replica = openReplica(clientOf(2))
    const update = proposeOn(replica, 'tablet', 1)
    expect(waitingProposals(replicaOf(1, [update]))).toEqual([
      { malformed: false, place: { client: clientOf(2), clock: 0 }, proposal: proposalOf('tablet', 1) },
    ])
  })

  test('SYN-3 the same update applied twice is one proposal', () => {
    const update = proposeOn(openReplica(clientOf(2)), 'tablet', 1)
    expect(waitingProposals(replicaOf(1, [update, update, update]))).toHaveLength(1)
  })

  test('GOV-4 what is no proposal is reported with its place, and can be removed', () => {
    const noise = [null, 7, 'x', [], {}, { ...proposalOf('j', 1), n: 0 }, { ...proposalOf('j', 1), basis: { segment: 1 } }]
    const update = rawUpdate(clientOf(2), [], (doc) => doc.getArray('proposals').push([...noise, proposalOf('j', 1)]))
    const replica = replicaOf(1, [update])
    const found = waitingProposals(replica)
    expect(found.map((one) => one.malformed)).toEqual([...noise.map(() => true), false])
    replica.change(() =>
      removeProposals(
        replica,
        found.filter((one) => one.malformed).map((one) => one.place),
      ),
    )
    expect(waitingProposals(replica)).toEqual(found.filter((one) => !one.malformed))
  })

  test('removal takes exactly the places named, in any order; places that are gone are passed over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.nat({ max: 14 }), { maxLength: 8 }), (count, doomed) => {
        const replica = openReplica(clientOf(2))
        for (let n = 1; n <= count; n++) proposeOn(replica, 'j', n)
        const places: Place[] = doomed.map((clock) => ({ client: clientOf(2), clock }))
        replica.change(() => removeProposals(replica, places))
        const left = waitingProposals(replica).map((one) => one.place.clock)
        expect(left).toEqual(Array.from({ length: count }, (_, clock) => clock).filter((clock) => !doomed.includes(clock)))
      }),
    )
  })

  test('content that would not read back the same is refused', () => {
    const replica = openReplica(1)
    const evil: Proposal = { ...proposalOf('j', 1), content: JSON.parse('{"__proto__":1}') }
    expect(codeOf(propose(replica, evil))).toBe('forbidden-key')
    expect(waitingProposals(replica)).toEqual([])
  })
})

describe('D5 admission', () => {
  test('in the order n of each journal, from the mark on; those after a gap wait; those at or below it are spent', () => {
    const all = [waiting('b', 3), waiting('a', 4), waiting('a', 2), waiting('a', 6), waiting('b', 1), waiting('c', 2)]
    const { admit, spent, held } = admissible(all, { a: 3, b: 2 })
    expect(admit.map(({ proposal }) => [proposal.journal, proposal.n])).toEqual([
      ['a', 4],
      ['b', 3],
    ])
    expect(spent.map(({ proposal }) => [proposal.journal, proposal.n])).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect(held.map(({ proposal }) => [proposal.journal, proposal.n])).toEqual([
      ['a', 6],
      ['c', 2],
    ])
  })

  test('SYN-3 a second element with the same ⟨journal, n⟩ is spent, not judged twice', () => {
    const { admit, spent } = admissible([waiting('a', 1, 9), waiting('a', 1, 4)], {})
    expect(admit.map(({ place }) => place.clock)).toEqual([4])
    expect(spent.map(({ place }) => place.clock)).toEqual([9])
  })

  test('a journal named like a member of every object has no mark by accident', () => {
    expect(admissible([waiting('__proto__', 1), waiting('constructor', 1), waiting('toString', 1)], {}).admit).toHaveLength(3)
  })

  test('every element lands in exactly one group, and admitted numbers are gap-free from the mark', () => {
    const arbitrary = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 8 })))
    fc.assert(
      fc.property(arbitrary, fc.nat({ max: 4 }), (ids, mark) => {
        const all = ids.map(([journal, n], clock) => waiting(journal, n, clock))
        const { admit, spent, held, malformed } = admissible(all, { a: mark })
        expect(admit.length + spent.length + held.length + malformed.length).toBe(all.length)
        const numbers = admit.filter(({ proposal }) => proposal.journal === 'a').map(({ proposal }) => proposal.n)
        expect(numbers).toEqual(numbers.map((_, i) => mark + 1 + i))
      }),
    )
  })
})
