import { type Row, type Store, StoreFailure } from '../ports/store.ts'

const PAGE = 1_000

/** Told the key of a row that is damaged and was left out. */
export type OnDamaged = (key: string) => void

/**
 * All rows of a collection in key order, a page at a time. A damaged row hides only itself: around it the pages shrink until it stands
 * alone, and it is passed over. The store has told of it by then (`watched.ts`), and whoever can draw the row again asks for its key.
 */
export async function* rowsOf(store: Pick<Store, 'list'>, collection: string, onDamaged: OnDamaged = () => undefined): AsyncGenerator<Row> {
  let afterKey: string | undefined
  let limit = PAGE
  for (;;) {
    const query = { limit, ...(afterKey === undefined ? {} : { afterKey }) }
    const read = await store.list(collection, query).catch((thrown: unknown) => damagedKey(thrown, collection, afterKey))
    if (typeof read !== 'string') {
      yield* read
      afterKey = read.at(-1)?.key ?? afterKey
      if (read.length < limit) return
    } else if (limit === 1) {
      onDamaged(read)
      afterKey = read
    }
    limit = typeof read === 'string' && limit > 1 ? Math.ceil(limit / 8) : PAGE
  }
}

/** What is read, or nothing where the bytes are damaged: for whoever can do without. */
export const unlessDamaged = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.reason.code === 'corrupt') return undefined
    throw thrown
  }
}

/** Thrown on unless it is one row's damage; one whose very key is damaged can't be passed, for nobody knows what comes after it. */
const damagedKey = (thrown: unknown, collection: string, afterKey: string | undefined): string => {
  const place = thrown instanceof StoreFailure && thrown.reason.code === 'corrupt' ? thrown.reason.where : ''
  const prefix = `row ${collection}/`
  const key = place.slice(prefix.length)
  if (!place.startsWith(prefix) || (afterKey !== undefined && key <= afterKey)) throw thrown
  return key
}
