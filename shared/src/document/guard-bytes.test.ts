import * as encoding from 'lib0/encoding'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { judgeUpdate } from './guard.ts'
import { anyItem, bytesOf, from, gatewayRights, household, item, TABLET, tabletRights, verdictOf } from './guard-test-support.ts'
import { openReplica, type Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { clientOf, codeOf, entry, proposeOn, rawUpdate } from './test-support.ts'

const expectRefused = (hub: Replica, update: Uint8Array, rights: Rights, code: string): void => {
  expect(verdictOf(hub, update, rights)).toEqual({ code, unchanged: true })
}

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
})
