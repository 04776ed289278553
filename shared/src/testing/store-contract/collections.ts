/** Rows by key in the order of their UTF-8 bytes, and queries that use only declared indices. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Query, Store } from '../../ports/store.ts'
import type { Json } from '../../values/json.ts'
import { anyText, commit, compareBytes, put, type StoreSubject, withStore } from './subject.ts'

const ALL = Number.POSITIVE_INFINITY
const utf8 = new TextEncoder()

/** Neighbours in UTF-8 order that other orders (UTF-16 units, locale, NUL-terminated) confuse or swap. */
const NEIGHBOURS = [
  '',
  '\0',
  '\0\0',
  'A',
  'a',
  'a\0',
  'a\0b',
  'aa',
  'b',
  'e\u0301',
  '\u00e9',
  '\ufeff',
  '\uff41',
  '\uffff',
  '😀',
  '😀a',
  '\u{10ffff}',
]

const keysOf = async (store: Store, query: Query): Promise<readonly string[]> => (await store.list('tasks', query)).map((row) => row.key)

export const collectionsContract = (subject: StoreSubject): void => {
  describe('collections', () => {
    test('neighbouring keys stay apart and stand in the order of their UTF-8 bytes', () =>
      withStore(subject, async (store) => {
        for (const [index, key] of [...NEIGHBOURS.entries()].reverse()) await commit(store, { puts: [put(key, index)] })
        expect(await keysOf(store, { limit: ALL })).toEqual(NEIGHBOURS)
        for (const [index, key] of NEIGHBOURS.entries()) {
          expect(await store.get('tasks', key)).toBe(index)
          expect(await keysOf(store, { afterKey: key, limit: 2 })).toEqual(NEIGHBOURS.slice(index + 1, index + 3))
        }
        await commit(store, { removals: [{ collection: 'tasks', key: 'a\0' }] })
        expect(await store.get('tasks', 'a\0')).toBeUndefined()
        expect(await store.get('tasks', 'a')).toBe(NEIGHBOURS.indexOf('a'))
      }))

    test('every JSON value comes back equal, empty and huge ones too', () =>
      withStore(subject, async (store) => {
        const values: Json[] = [
          null,
          false,
          0,
          '',
          [],
          {},
          '\0\ud800',
          'x'.repeat(2 ** 22),
          { ['__proto__']: 1, a: [{ b: null }] },
          1e308,
          -0.1,
        ]
        await commit(store, { puts: values.map((value, index) => put(`k${index}`, value)) })
        for (const [index, value] of values.entries()) expect(await store.get('tasks', `k${index}`)).toEqual(value)
        expect(await store.get('timers', 'k0')).toBeUndefined()
      }))

    test('the last put of a key in a batch stands; removing what is not there is harmless', () =>
      withStore(subject, async (store) => {
        await commit(store, { puts: [put('t', 1), put('t', 2)], removals: [{ collection: 'tasks', key: 'none' }] })
        expect(await store.list('tasks', { limit: ALL })).toEqual([{ key: 't', value: 2 }])
        expect(await store.list('tasks', { limit: 0 })).toEqual([])
      }))

    test('an index follows updates and removals', () =>
      withStore(subject, async (store) => {
        const open: Query = { where: { index: 'status', equals: 'open' }, limit: ALL }
        await commit(store, { puts: ['c', 'a', 'b'].map((key) => put(key, { status: 'open' })) })
        expect(await keysOf(store, open)).toEqual(['a', 'b', 'c'])
        await commit(store, {
          puts: [put('b', { status: 'done' }), put('d', { status: 'open' })],
          removals: [{ collection: 'tasks', key: 'a' }],
        })
        expect(await keysOf(store, open)).toEqual(['c', 'd'])
        expect(await keysOf(store, { ...open, afterKey: 'c' })).toEqual(['d'])
        expect(await keysOf(store, { ...open, limit: 1 })).toEqual(['c'])
      }))

    test('an index follows the last put of a key in a batch, and takes a huge value', () =>
      withStore(subject, async (store) => {
        const huge = 'x'.repeat(2 ** 20)
        await commit(store, { puts: ['open', 'done', huge, 'done'].map((status) => put('t', { status })) })
        await commit(store, { puts: [put('u', { status: huge }), put('v', { status: `${huge}y` })] })
        const keysWith = (equals: string) => keysOf(store, { where: { index: 'status', equals }, limit: ALL })
        expect([await keysWith('open'), await keysWith('done'), await keysWith(huge)]).toEqual([[], ['t'], ['u']])
      }))

    test('a collection of many rows, put at once, is read in pages without a gap', () =>
      withStore(subject, async (store) => {
        const keys = Array.from({ length: 2_500 }, (_, n) => `${n}`.padStart(5, '0'))
        await commit(store, { puts: keys.map((key) => put(key, { isUrgent: true })) })
        const found: string[] = []
        for (let page = [''] as readonly string[]; page.length > 0; found.push(...page)) {
          page = await keysOf(store, { afterKey: page.at(-1) ?? '', limit: 999, where: { index: 'isUrgent', equals: true } })
        }
        expect(found).toEqual(keys)
        expect(await keysOf(store, { afterKey: '00998z', limit: 2 })).toEqual(['00999', '01000'])
      }))

    test('an index tells types apart, and rows without the field are in none', () =>
      withStore(subject, async (store) => {
        const values: Json[] = [true, 'true', 1, '1', 0, false, 'false', null, [1], { a: 1 }, '', 'null']
        const rows = values.map((isUrgent, index) => put(`k${index}`, { isUrgent }))
        await commit(store, { puts: [...rows, put('bare', 1), put('list', [1]), put('other', { status: 'open' })] })
        for (const [index, value] of values.entries()) {
          if (value === null || typeof value === 'object') continue
          expect(await keysOf(store, { where: { index: 'isUrgent', equals: value }, limit: ALL })).toEqual([`k${index}`])
        }
      }))

    test('what is not declared can not be asked for', () =>
      withStore(subject, async (store) => {
        await expect(store.list('tasks', { where: { index: 'owner', equals: 'x' }, limit: 1 })).rejects.toThrow(TypeError)
        await expect(store.list('undeclared', { limit: 1 })).rejects.toThrow(TypeError)
        await expect(store.get('undeclared', 'k')).rejects.toThrow(TypeError)
        await expect(store.list('tasks', { limit: -1 })).rejects.toThrow(TypeError)
      }))

    test('any rows: listed in byte order, filtered as a plain filter would', async () => {
      const field = fc.oneof(anyText(8), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
      const rows = fc.dictionary(anyText(3), field, { maxKeys: 8, noNullPrototype: true })
      await fc.assert(
        fc.asyncProperty(rows, field, (content, other) => withStore(subject, (store) => agreesWithFilter(store, content, other))),
        { numRuns: 15 },
      )
    })
  })
}

const agreesWithFilter = async (store: Store, content: Record<string, string | number | boolean>, other: string | number | boolean) => {
  const keys = Object.keys(content).sort((a, b) => compareBytes(utf8.encode(a), utf8.encode(b)))
  await commit(store, { puts: Object.entries(content).map(([key, dueAt]) => put(key, { dueAt })) })
  expect(await keysOf(store, { limit: ALL })).toEqual(keys)
  for (const equals of [other, ...Object.values(content)]) {
    const expected = keys.filter((key) => content[key] === equals)
    expect(await keysOf(store, { where: { index: 'dueAt', equals }, limit: ALL })).toEqual(expected)
  }
}
