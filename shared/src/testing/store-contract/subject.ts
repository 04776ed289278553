/** What the sections of the store contract are told of an adapter, and the short words in which they speak. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Append, Batch, CollectionSchema, Put, Removal, Store, StoreError } from '../../ports/store.ts'
import type { Json } from '../../values/json.ts'

export interface StoreSubject {
  /** A new, empty store. */
  open(schemas: readonly CollectionSchema[]): Store | Promise<Store>
  /** Closes a store and opens its data again; absent where nothing outlives the handle. */
  reopen?(store: Store, schemas: readonly CollectionSchema[]): Store | Promise<Store>
}

export const SCHEMAS: readonly CollectionSchema[] = [
  { name: 'tasks', indices: ['status', 'dueAt', 'isUrgent'] },
  { name: 'timers', indices: [] },
]

export const withStore = async (subject: StoreSubject, use: (store: Store) => Promise<void>): Promise<void> => {
  const store = await subject.open(SCHEMAS)
  await use(store).finally(() => store.close())
}

const SURROGATES = 0x800

/** Well-formed text of any code points, rich in those where orders of text differ. */
export const anyText = (maxLength: number): fc.Arbitrary<string> => {
  const common = fc.constantFrom('\0', 'a', 'b', '"', '\\', '\u00e9', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}')
  const rare = fc.nat(0x10ffff - SURROGATES).map((code) => String.fromCodePoint(code < 0xd800 ? code : code + SURROGATES))
  return fc.array(fc.oneof(common, rare), { maxLength }).map((characters) => characters.join(''))
}

export const batchOf = (parts: {
  appends?: readonly Append[]
  puts?: readonly Put[]
  removals?: readonly Removal[]
  expected?: readonly (readonly [string, number])[]
}): Batch => ({
  appends: parts.appends ?? [],
  puts: parts.puts ?? [],
  removals: parts.removals ?? [],
  expected: new Map(parts.expected ?? []),
})

export const append = (document: string, update: string | Uint8Array, home = 'harbour-a', origin = 'gateway-1'): Append => ({
  document,
  home,
  origin,
  update: typeof update === 'string' ? new TextEncoder().encode(update) : update,
})

export const put = (key: string, value: Json, collection = 'tasks'): Put => ({ collection, key, value })

export const commit = async (store: Store, parts: Parameters<typeof batchOf>[0]): Promise<number> => {
  const result = await store.commit(batchOf(parts))
  if (!result.ok) throw new Error(`the commit failed: ${result.error.code}`)
  return result.value.group
}

export const commitError = async (store: Store, parts: Parameters<typeof batchOf>[0]): Promise<StoreError> => {
  const result = await store.commit(batchOf(parts))
  if (result.ok) throw new Error('the commit was expected to fail')
  return result.error
}

/** As `Buffer.compare`, which not every platform has that a store runs on. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const differs = a.findIndex((byte, at) => byte !== b[at])
  return differs === -1 ? a.length - b.length : (a[differs] ?? 0) - (b[differs] ?? -1)
}

export const textsOf = (updates: readonly Uint8Array[]): readonly string[] => updates.map((update) => new TextDecoder().decode(update))

/** Everything the contract's own commits can have touched, for "nothing changed". */
export const expectUnchanged = async (store: Store, attempt: () => Promise<unknown>): Promise<void> => {
  const before = await everything(store)
  await attempt()
  expect(await everything(store)).toEqual(before)
}

const everything = async (store: Store) => ({
  feed: await store.feed('harbour-a', 0, Number.POSITIVE_INFINITY),
  end: await store.feedEnd('harbour-a'),
  documents: await Promise.all(['w_1', 'w_2', 'w_3'].map((id) => store.document(id))),
  tasks: await store.list('tasks', { limit: Number.POSITIVE_INFINITY }),
  timers: await store.list('timers', { limit: Number.POSITIVE_INFINITY }),
})
