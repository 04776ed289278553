import type { Row, Store } from '../ports/store.ts'

const PAGE = 1_000

/** All rows of a collection in key order, a page at a time. */
export async function* rowsOf(store: Pick<Store, 'list'>, collection: string): AsyncGenerator<Row> {
  let afterKey: string | undefined
  for (;;) {
    const rows = await store.list(collection, { limit: PAGE, ...(afterKey === undefined ? {} : { afterKey }) })
    yield* rows
    afterKey = rows.at(-1)?.key
    if (rows.length < PAGE) return
  }
}
