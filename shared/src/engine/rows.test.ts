import { expect, test } from 'vitest'
import { type Row, type Store, StoreFailure } from '../ports/store.ts'
import { rowsOf, unlessDamaged } from './rows.ts'

const keyOf = (index: number): string => `k${String(index).padStart(5, '0')}`

/** A collection in which some rows are damaged: a page that holds one fails and names the first. */
const withDamaged = (count: number, damaged: ReadonlySet<string>): Pick<Store, 'list'> => ({
  list: async (_collection, { afterKey = '', limit }) => {
    const page = Array.from({ length: count }, (_, index) => keyOf(index))
      .filter((key) => key > afterKey)
      .slice(0, limit)
    const broken = page.find((key) => damaged.has(key))
    if (broken !== undefined) throw new StoreFailure({ code: 'corrupt', where: `row things/${broken}`, message: 'bits' })
    return page.map((key): Row => ({ key, value: null }))
  },
})

const readAll = async (store: Pick<Store, 'list'>) => {
  const keys: string[] = []
  const damaged: string[] = []
  for await (const { key } of rowsOf(store, 'things', (key) => damaged.push(key))) keys.push(key)
  return { keys, damaged }
}

test.each([
  ['none', []],
  ['the first', [0]],
  ['the last', [2_499]],
  ['neighbours, and one far away', [999, 1_000, 1_001, 2_000]],
])('PER-8 every row but the damaged ones, in order: %s', async (_which, indices) => {
  const damaged = indices.map(keyOf)
  const expected = Array.from({ length: 2_500 }, (_, index) => keyOf(index)).filter((key) => !damaged.includes(key))
  expect(await readAll(withDamaged(2_500, new Set(damaged)))).toEqual({ keys: expected, damaged })
})

test('PER-8 damage that is no single row, or whose key is damaged too, is not passed over', async () => {
  const failing = (where: string): Pick<Store, 'list'> => ({
    list: async () => {
      throw new StoreFailure({ code: 'corrupt', where, message: 'bits' })
    },
  })
  await expect(readAll(failing('store.db'))).rejects.toThrow('store: corrupt at store.db: bits')
  await expect(readAll(failing('row things/k1'))).rejects.toThrow('row things/k1')
  await expect(readAll(failing('row others/k1'))).rejects.toThrow('row others/k1')
})

test('unlessDamaged gives nothing for damage, and throws the rest', async () => {
  const failed = (code: 'corrupt' | 'closed') =>
    Promise.reject(new StoreFailure(code === 'corrupt' ? { code, where: 'x', message: '' } : { code, message: '' }))
  expect(await unlessDamaged(Promise.resolve(1))).toBe(1)
  expect(await unlessDamaged(failed('corrupt'))).toBeUndefined()
  await expect(unlessDamaged(failed('closed'))).rejects.toThrow('closed')
})
