/** All that a store answers, as one text: two stores that hold the same have the same image. */
import { hash } from 'node:crypto'
import type { CollectionSchema, Store } from '@holdfast/shared/ports'

export const HOMES = ['harbour', 'mill'] as const
export const DOCUMENTS = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => ({ id: `w_${name}`, home: HOMES[index % 2] ?? HOMES[0] }))
export const STATUSES = ['open', 'held', 'done'] as const

export const SCHEMAS: readonly CollectionSchema[] = [
  { name: 'tasks', indices: ['status'] },
  { name: 'timers', indices: [] },
]

export const imageOf = async (store: Store): Promise<string> => {
  const all = { limit: Number.POSITIVE_INFINITY }
  const documents = await Promise.all(DOCUMENTS.map(({ id }) => store.document(id)))
  const feeds = await Promise.all(HOMES.map((home) => store.feed(home, 0, Number.POSITIVE_INFINITY)))
  const ends = await Promise.all(HOMES.map((home) => store.feedEnd(home)))
  const rows = await Promise.all(SCHEMAS.map(({ name }) => store.list(name, all)))
  const byStatus = await Promise.all(STATUSES.map((equals) => store.list('tasks', { ...all, where: { index: 'status', equals } })))
  return JSON.stringify({ documents, feeds, ends, rows, byStatus }, hashOfBytes)
}

const hashOfBytes = (_key: string, value: unknown): unknown => (value instanceof Uint8Array ? hash('sha256', value) : value)
