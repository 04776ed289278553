import * as encoding from 'lib0/encoding'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { editNotes, readFields, readNotes, setLabel, setTitle } from './fields.ts'
import { judgeUpdate } from './guard.ts'
import { openerElement } from './opener.ts'
import { waitingProposals } from './proposals.ts'
import { openReplica, type Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { readLog } from './segments.ts'
import {
  ALL_RIGHTS,
  Author,
  clientOf,
  codeOf,
  entry,
  proposeOn,
  rawUpdate,
  replicaOf,
  sameBytes,
  successorOf,
  unwrap,
} from './test-support.ts'

const TABLET = 7
const HEAD = '0'.repeat(64)
const tabletRights: Rights = { nodes: new Set([TABLET]), authority: false, mayPropose: true, mayWriteText: true, maxBytes: 64_000 }
const gatewayRights: Rights = { ...ALL_RIGHTS, nodes: new Set([1, TABLET]) }

/** A hub's copy with a log, a proposal, notes and a title; and the updates that made it. */
const household = (): { hub: Replica; author: Author; updates: Uint8Array[] } => {
  const author = new Author(1, 1)
  const tablet = openReplica(clientOf(TABLET))
  author.append([entry(1), entry(2)])
  const others = [
    proposeOn(tablet, 'tablet', 1),
    unwrap(setTitle(tablet, 'Load')),
    unwrap(editNotes(tablet, { at: 0, remove: 0, insert: 'a 😀 b' })),
  ]
  const updates = [...author.updates, ...others]
  for (const update of others) author.replica.apply(update)
  return { hub: replicaOf(clientOf(100), updates), author, updates }
}

/** Refused with this code, and the document is byte for byte as before. */
const expectRefused = (hub: Replica, update: Uint8Array, rights: Rights, code: string): void => {
  const before = hub.encode()
  const roots = hub.doc.share.size
  expect(codeOf(judgeUpdate(hub, update, rights))).toBe(code)
  expect(sameBytes(hub.encode(), before)).toBe(true)
  expect(hub.doc.share.size).toBe(roots)
}

const from = (node: number, updates: readonly Uint8Array[], edit: (doc: Y.Doc) => void): Uint8Array =>
  rawUpdate(clientOf(node, 9), updates, edit)

/** Hand-made bytes: one section of one client. */
const bytesOf = (
  client: number,
  clock: number,
  structs: readonly ((encoder: encoding.Encoder) => void)[],
  deletes: readonly number[] = [0],
): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint(encoder, structs.length)
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
    for (const struct of structs) struct(encoder)
    for (const number of deletes) encoding.writeVarUint(encoder, number)
  })

const item =
  (root: string, write: (encoder: encoding.Encoder) => void, kind = 8) =>
  (encoder: encoding.Encoder): void => {
    encoding.writeUint8(encoder, kind)
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarString(encoder, root)
    write(encoder)
  }

const anyItem = (root: string, value: encoding.AnyEncodable) =>
  item(root, (encoder) => {
    encoding.writeVarUint(encoder, 1)
    encoding.writeAny(encoder, value)
  })

describe('GOV-3 honest updates pass', () => {
  test('GOV-3 proposals, notes, title and labels of a tablet; turns of an authority', () => {
    const { hub, author, updates } = household()
    const tablet = replicaOf(clientOf(TABLET, 2), updates)
    const written = [
      proposeOn(tablet, 'tablet', 2),
      unwrap(setTitle(tablet, 'Unload')),
      unwrap(setLabel(tablet, 'dock', '7')),
      unwrap(editNotes(tablet, { at: 1, remove: 2, insert: '-' })),
    ]
    for (const update of written) {
      expect(judgeUpdate(hub, update, tabletRights)).toEqual({ ok: true, value: { hasNews: true } })
      hub.apply(update)
    }
    const turn = author.append([entry(3)], [waitingProposals(author.replica)[0]!.place])
    expect(judgeUpdate(hub, turn, gatewayRights)).toEqual({ ok: true, value: { hasNews: true } })
    hub.apply(turn)
    expect(readLog(hub).entries).toHaveLength(3)
    expect([readFields(hub).title, readNotes(hub)]).toEqual(['Unload', 'a-\u{fffd} b'])
  })

  test('SYN-3 a resend is known: it passes without news, whoever sends it', () => {
    const { hub, updates } = household()
    const nobody: Rights = { ...tabletRights, nodes: new Set(), mayPropose: false, mayWriteText: false }
    for (const update of [...updates, hub.encode()])
      expect(judgeUpdate(hub, update, nobody)).toEqual({ ok: true, value: { hasNews: false } })
  })

  test('a whole document, a repair delta, and merged updates of several writers pass', () => {
    const { hub, author, updates } = household()
    const turn = author.append([entry(3)], [waitingProposals(author.replica)[0]!.place])
    const delta = author.replica.encodeSince(hub.stateVector())
    for (const update of [author.replica.encode(), delta, Y.mergeUpdates([...updates, turn])]) {
      expect(codeOf(judgeUpdate(hub, update, gatewayRights))).toBe('ok')
    }
    expect(codeOf(judgeUpdate(openReplica(clientOf(100)), author.replica.encode(), gatewayRights))).toBe('ok')
  })

  test('writers that rest on each other, in one update, in turns', () => {
    const [one, two] = [openReplica(clientOf(1)), openReplica(clientOf(TABLET))]
    for (let n = 0; n < 50; n++) {
      two.apply(unwrap(editNotes(one, { at: n, remove: 0, insert: 'x' })))
      one.apply(unwrap(editNotes(two, { at: n, remove: 0, insert: 'y' })))
    }
    expect(codeOf(judgeUpdate(openReplica(clientOf(100)), one.encode(), gatewayRights))).toBe('ok')
  })
})

describe('GOV-4 hostile bytes (row 17) are refused and leave the document as it was', () => {
  test('GOV-4 empty, truncated, random, trailing, V2', () => {
    const { hub, author } = household()
    const next = author.append([entry(3)])
    const v2 = Y.convertUpdateFormatV1ToV2(next)
    const noise = Uint8Array.from({ length: 300 }, (_, i) => (i * 7919 + 13) % 256)
    for (const bytes of [new Uint8Array(), v2, noise, new Uint8Array([...next, 0]), Y.encodeStateAsUpdateV2(hub.doc)]) {
      expectRefused(hub, bytes, gatewayRights, 'v2-or-garbage')
    }
    for (let length = 0; length < next.length; length++) expectRefused(hub, next.slice(0, length), gatewayRights, 'v2-or-garbage')
  })

  test('GOV-4 lengths that promise the moon are not believed', () => {
    const { hub } = household()
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
    for (const bytes of [huge, [1, ...huge, 1, 0], [0, ...huge], [1, 1, 5, 0, 8, 1, 1, 97, ...huge]]) {
      expectRefused(hub, new Uint8Array(bytes), gatewayRights, 'v2-or-garbage')
    }
  })

  test('GOV-4 reads no byte outside its own view', () => {
    const { hub, author } = household()
    const next = author.append([entry(3)])
    const pool = new Uint8Array(next.length + 40)
    pool.set(next, 20)
    expect(codeOf(judgeUpdate(hub, pool.subarray(20, 20 + next.length), gatewayRights))).toBe('ok')
    expectRefused(hub, pool.subarray(20, 20 + next.length - 1), gatewayRights, 'v2-or-garbage')
  })

  test('GOV-4 too large', () => {
    const { hub, updates } = household()
    const large = from(TABLET, updates, (doc) => doc.getText('notes').insert(0, 'x'.repeat(70_000)))
    expectRefused(hub, large, tabletRights, 'too-large')
  })

  test('GOV-4 clocks from the future, and orphans: 3,000 of them', () => {
    const { hub } = household()
    const tablet = openReplica(clientOf(TABLET, 3))
    proposeOn(tablet, 'tablet', 1)
    for (let n = 2; n < 3_002; n++) expectRefused(hub, proposeOn(tablet, 'tablet', n), tabletRights, 'clock-gap')
    expect(hub.pending).toBe(false)
  })

  test('GOV-4 placeholders instead of items', () => {
    const { hub } = household()
    const client = clientOf(TABLET, 3)
    for (const kind of [0, 10]) {
      const bytes = bytesOf(client, 0, [(encoder) => encoding.writeUint8Array(encoder, new Uint8Array([kind, 1]))])
      expectRefused(hub, bytes, tabletRights, 'bad-struct')
    }
  })

  test('GOV-4 the client id of another node, of a node behind nobody, of the judge itself', () => {
    const { hub, updates } = household()
    expectRefused(
      hub,
      from(1, updates, (doc) => doc.getArray('proposals').push([1])),
      tabletRights,
      'foreign-client',
    )
    const stolen = rawUpdate(hub.clientId, updates, (doc) => doc.getArray('proposals').push([1]))
    expectRefused(hub, stolen, { ...tabletRights, nodes: 'any' }, 'own-client')
  })

  test('GOV-4 unknown roots and nested types', () => {
    const { hub, updates } = household()
    for (const root of ['extra', '', 'log:1', 'log:01.1.0', '__proto__']) {
      expectRefused(
        hub,
        from(TABLET, updates, (doc) => doc.getArray(root).push([[1]])),
        gatewayRights,
        'bad-root',
      )
    }
    expectRefused(
      hub,
      from(TABLET, updates, (doc) => doc.getMap('fields').set('owner', 'me')),
      tabletRights,
      'bad-root',
    )
    expectRefused(
      hub,
      from(TABLET, [], (doc) => doc.getArray('fields').push([1])),
      tabletRights,
      'bad-root',
    )
    const nested = from(TABLET, updates, (doc) => doc.getArray('proposals').push([new Y.Array()]))
    expectRefused(hub, nested, tabletRights, 'bad-content')
    const within = from(TABLET, updates, (doc) => doc.getMap('fields').set('label.x', new Y.Text('deep')))
    expectRefused(hub, within, tabletRights, 'bad-content')
  })

  test.each<[string, (doc: Y.Doc) => void]>([
    ['binary', (doc) => doc.getArray('proposals').push([new Uint8Array([1, 2])])],
    ['a sub-document', (doc) => doc.getArray('proposals').push([new Y.Doc()])],
    ['formatted notes', (doc) => doc.getText('notes').insert(0, 'x', { bold: true })],
    ['an embed', (doc) => doc.getText('notes').insertEmbed(0, { image: 'x' })],
    ['JSON in notes', (doc) => doc.getArray('notes').push([1])],
    ['text among proposals', (doc) => doc.getText('proposals').insert(0, 'x')],
    ['a key among proposals', (doc) => doc.getMap('proposals').set('x', 1)],
  ])('GOV-4 content kinds: %s', (_, edit) => {
    const { hub } = household()
    const update = rawUpdate(clientOf(TABLET, 9), [], edit)
    expectRefused(hub, update, tabletRights, 'bad-content')
  })

  test.each<[string, string, encoding.AnyEncodable]>([
    ['undefined', 'bad-content', undefined],
    ['a big integer', 'bad-content', 1n],
    ['bytes', 'bad-content', new Uint8Array([1])],
    ['NaN', 'bad-content', Number.NaN],
    ['infinity', 'bad-content', Number.POSITIVE_INFINITY],
    ['a prototype', 'forbidden-key', JSON.parse('{"a":[{"__proto__":{"polluted":true}}]}')],
    ['100 levels', 'too-deep', Array.from({ length: 100 }).reduce<encoding.AnyEncodable>((inner) => [inner], 0)],
  ])('GOV-4 values that are not JSON: %s', (_, code, value) => {
    const { hub } = household()
    expectRefused(hub, bytesOf(clientOf(TABLET, 3), 0, [anyItem('proposals', value)]), tabletRights, code)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('GOV-4 a million levels of nesting do not reach the end of the stack', () => {
    const { hub } = household()
    const deep = item('proposals', (encoder) => {
      encoding.writeVarUint(encoder, 1)
      for (let level = 0; level < 1_000_000; level++) encoding.writeUint8Array(encoder, new Uint8Array([117, 1]))
      encoding.writeAny(encoder, null)
    })
    expectRefused(hub, bytesOf(clientOf(TABLET, 3), 0, [deep]), { ...tabletRights, maxBytes: 1 << 24 }, 'too-deep')
  })

  test('GOV-4 text that is not UTF-8', () => {
    const { hub } = household()
    const broken = item('notes', (encoder) => encoding.writeVarUint8Array(encoder, new Uint8Array([0xc3, 0x28])), 4)
    expectRefused(hub, bytesOf(clientOf(TABLET, 3), 0, [broken]), tabletRights, 'v2-or-garbage')
  })

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

describe('D3 log segments', () => {
  test('the log is the authority’s alone, up to the epoch it was granted', () => {
    const { hub, author, updates } = household()
    const next = author.append([entry(3)])
    expectRefused(hub, next, { ...gatewayRights, authority: false }, 'forbidden-root')
    const usurper = successorOf(author, 9, 1, [...updates, next]).append([entry(4)])
    hub.apply(next)
    expectRefused(hub, usurper, { ...ALL_RIGHTS, maxEpoch: 1 }, 'epoch-not-granted')
    expect(codeOf(judgeUpdate(hub, usurper, ALL_RIGHTS))).toBe('ok')
  })

  test('insertions before the end, and a second writer at the end', () => {
    const { hub, author, updates } = household()
    const mid = rawUpdate(author.replica.clientId, [hub.encode()], (doc) => doc.getArray('log:1.1.0').insert(1, [entry(9)]))
    expectRefused(hub, mid, gatewayRights, 'mid-log-insert')
    const front = rawUpdate(author.replica.clientId, [hub.encode()], (doc) => doc.getArray('log:1.1.0').insert(0, [entry(9)]))
    expectRefused(hub, front, gatewayRights, 'mid-log-insert')
    const second = from(1, updates, (doc) => doc.getArray('log:1.1.0').push([entry(9)]))
    expectRefused(hub, second, gatewayRights, 'second-writer')
  })

  test('elements that are no arrays, segments without opener, segments too long', () => {
    const { hub, updates } = household()
    const opener = openerElement({ base: { segment: 'log:1.1.0', length: 3 }, head: HEAD })
    const long = Array.from({ length: 1024 }, (_, n) => [9, n])
    const open = (elements: unknown[]) => from(1, updates, (doc) => doc.getArray('log:1.9.0').push(elements))
    expectRefused(hub, open([opener, 'text']), gatewayRights, 'bad-content')
    expectRefused(hub, open([entry(1)]), gatewayRights, 'bad-opener')
    expectRefused(hub, open([[0, 'log:1.1.0', 0, HEAD]]), gatewayRights, 'bad-opener')
    expectRefused(hub, open([opener, ...long]), gatewayRights, 'segment-full')
    expect(codeOf(judgeUpdate(hub, open([opener, ...long.slice(1)]), gatewayRights))).toBe('ok')
  })

  test('D1 a base below what was acknowledged is refused; below a hub, what the hub accepted passes', () => {
    const { hub, updates } = household()
    const open = (segment: string | null, length: number) =>
      from(1, updates, (doc) => doc.getArray('log:2.9.0').push([[0, segment, length, HEAD], entry(1)]))
    expectRefused(hub, open('log:1.1.0', 2), gatewayRights, 'base-below-acknowledged')
    expectRefused(hub, open(null, 0), gatewayRights, 'base-below-acknowledged')
    expectRefused(hub, open('log:1.1.0', 4), gatewayRights, 'base-unknown')
    expectRefused(hub, open('log:7.7.7', 1), gatewayRights, 'base-unknown')
    const belowHub: Rights = { ...gatewayRights, acknowledged: new Map([['log:1.1.0', 2]]) }
    expect(codeOf(judgeUpdate(hub, open('log:1.1.0', 2), belowHub))).toBe('ok')
    expectRefused(hub, open('log:1.1.0', 1), belowHub, 'base-below-acknowledged')
  })

  test('D1 an old authority may still deliver what it wrote beyond a cut', () => {
    const { hub, author } = household()
    const heir = successorOf(author, 2, 1)
    const late = author.append([entry(100)])
    hub.apply(heir.append([entry(3)]))
    expect(codeOf(judgeUpdate(hub, late, { ...gatewayRights, maxEpoch: 1 }))).toBe('ok')
    hub.apply(late)
    expect(readLog(hub)).toMatchObject({
      entries: [entry(1), entry(2), entry(3)],
      cut: [{ segment: 'log:1.1.0', index: 3, entry: entry(100) }],
    })
  })
})

const bytesOfDeletes = (client: number, ranges: readonly (readonly [number, number])[]): Uint8Array =>
  encoding.encode((encoder) => {
    for (const number of [0, 1, client, ranges.length, ...ranges.flat()]) encoding.writeVarUint(encoder, number)
  })
