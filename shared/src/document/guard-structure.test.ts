import * as encoding from 'lib0/encoding'
import { describe, expect, test } from 'vitest'
import { bytesOf, bytesOfDeletes, from, gatewayRights, household, item, TABLET, tabletRights, verdictOf } from './guard-test-support.ts'
import type { Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { clientOf } from './test-support.ts'

const expectRefused = (hub: Replica, update: Uint8Array, rights: Rights, code: string): void => {
  expect(verdictOf(hub, update, rights)).toEqual({ code, unchanged: true })
}

describe('GOV-4 hostile structure (row 17) is refused and leaves the document as it was', () => {
  test('GOV-4 deletions: of the log by anyone, of proposals by others than the authority, of what is not here', () => {
    const { hub, updates } = household()
    const gutLog = from(TABLET, updates, (doc) => doc.getArray('log:1.1.0').delete(1, 1))
    expectRefused(hub, gutLog, gatewayRights, 'forbidden-delete')
    const hush = from(TABLET, updates, (doc) => doc.getArray('proposals').delete(0, 1))
    expectRefused(hub, hush, tabletRights, 'forbidden-delete')
    expectRefused(hub, bytesOfDeletes(clientOf(TABLET), [[0, 5_000_000]]), gatewayRights, 'pending')
    expectRefused(hub, bytesOfDeletes(clientOf(50), [[0, 1]]), gatewayRights, 'pending')
  })

  test('GOV-4 a huge delete set: ranges that overlap, repeat or are empty', () => {
    const { hub } = household()
    const repeated = Array.from({ length: 20_000 }, (): [number, number] => [0, 1])
    for (const ranges of [
      repeated,
      [
        [2, 2],
        [1, 1],
      ],
      [[0, 0]],
    ] as [number, number][][]) {
      expectRefused(hub, bytesOfDeletes(clientOf(TABLET), ranges), { ...tabletRights, maxBytes: 1 << 20 }, 'v2-or-garbage')
    }
  })

  test('GOV-4 two writers that wait for each other would stay pending for ever', () => {
    const { hub } = household()
    const [a, b] = [clientOf(TABLET, 3), clientOf(TABLET, 4)]
    const onto = (client: number) => (encoder: encoding.Encoder) => {
      encoding.writeUint8(encoder, 0x84)
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, 0)
      encoding.writeVarString(encoder, 'x')
    }
    const circle = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 2)
      for (const [self, other] of [
        [a, b],
        [b, a],
      ] as const) {
        for (const number of [1, self, 0]) encoding.writeVarUint(encoder, number)
        onto(other)(encoder)
      }
      encoding.writeVarUint(encoder, 0)
    })
    expectRefused(hub, circle, tabletRights, 'pending')
    expectRefused(hub, bytesOf(a, 0, [onto(b)]), tabletRights, 'pending')
    expectRefused(hub, bytesOf(a, 0, [onto(a)]), tabletRights, 'bad-origin')
  })

  test('GOV-4 known items with forged neighbours: Yjs would look at them, split a character, and change the document', () => {
    const { hub } = household()
    const tablet = clientOf(TABLET)
    const forged = (origin: number, clock: number) => (encoder: encoding.Encoder) => {
      encoding.writeUint8(encoder, 0x84)
      encoding.writeVarUint(encoder, origin)
      encoding.writeVarUint(encoder, clock)
      encoding.writeVarString(encoder, 'x')
    }
    expectRefused(hub, bytesOf(tablet, 0, [forged(tablet, 4)]), tabletRights, 'bad-origin')
    expectRefused(hub, bytesOf(tablet, 0, [forged(clientOf(50), 4)]), tabletRights, 'pending')
  })

  test('GOV-4 an item that begins known and goes on somewhere else', () => {
    const { hub } = household()
    const client = clientOf(TABLET)
    const text = item('proposals', (encoder) => {
      encoding.writeVarUint(encoder, 200)
      for (let n = 0; n < 200; n++) encoding.writeAny(encoder, n)
    })
    expectRefused(hub, bytesOf(client, 2, [text]), tabletRights, 'bad-origin')
    // Found by the fuzzer: the first item known is indeed a proposal, the last one known is a field.
    expectRefused(hub, bytesOf(client, 0, [text]), tabletRights, 'bad-origin')
  })
})
