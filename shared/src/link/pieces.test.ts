import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from './codec.ts'
import { MAX_FRAME_BYTES, PUSH_BYTES } from './limits.ts'
import { joined, split } from './pieces.ts'

const lengths = fc.oneof(fc.nat(300), fc.constantFrom(0, PUSH_BYTES - 1, PUSH_BYTES, PUSH_BYTES + 1, 3 * PUSH_BYTES))
const groups = fc
  .array(lengths, { maxLength: 12 })
  .map((all) =>
    all.map((length, index) => ({ document: `w_${index}`, sequence: 11 + 2 * index, update: new Uint8Array(length).fill(index) })),
  )
const piece = (sequence: number, more: boolean, document = 'w_1') => ({ document, sequence, update: new Uint8Array([1]), more })

describe('a group as pushes', () => {
  test('P3 joining the pieces gives the group back', () => {
    fc.assert(
      fc.property(groups, (updates) => {
        expect(joined(split(updates, 10, 99).flatMap((parcel) => parcel.updates))).toEqual(updates)
      }),
    )
  })

  test('P2 parcels stand end to end from `from` to `to`, and only the last is `last`', () => {
    fc.assert(
      fc.property(groups, (updates) => {
        const parcels = split(updates, 10, 99)
        expect([10, ...parcels.map(({ to }) => to)]).toEqual([...parcels.map(({ from }) => from), 99])
        expect(parcels.map(({ last }) => last)).toEqual(parcels.map((_, index) => index === parcels.length - 1))
      }),
    )
  })

  test('P1 every push fits a frame many times over', () => {
    fc.assert(
      fc.property(groups, (updates) => {
        for (const parcel of split(updates, 10, 99)) {
          const bytes = encodeMessage({ type: 'push', home: 'h', generation: 'g', group: 1, ...parcel })
          expect(bytes.length).toBeLessThan(MAX_FRAME_BYTES / 4)
        }
      }),
    )
  })

  test('an empty group is one empty push', () => {
    expect(split([], 3, 9)).toEqual([{ from: 3, to: 9, last: true, updates: [] }])
  })

  test.each([
    ['another update begins before the first ended', [piece(1, true), piece(2, false)]],
    ['the document changes half-way', [piece(1, true), piece(1, false, 'w_2')]],
    ['the end is missing', [piece(1, true)]],
  ])('pieces that do not fit together are seen: %s', (_, pieces) => {
    expect(joined(pieces)).toBeUndefined()
  })
})
