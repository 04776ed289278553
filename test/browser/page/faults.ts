/** What is done to a store behind its back: between its writes, at its end, and to what it has stored. */

/** At the n-th write from now on, counted over all tables, `act` comes before it. */
const beforeWrite = (n: number, act: (table: IDBObjectStore) => void): void => {
  let writes = 0
  for (const name of ['add', 'put', 'delete'] as const) {
    const write = IDBObjectStore.prototype[name]
    const apply = (_write: unknown, table: IDBObjectStore, values: readonly unknown[]): unknown => {
      if (writes === n) act(table)
      writes += 1
      return Reflect.apply(write, table, values)
    }
    Reflect.set(IDBObjectStore.prototype, name, new Proxy(write, { apply }))
  }
}

/** Looks at each writing transaction as it begins. Put in place at once: Dexie takes the browser's function when it opens a database. */
const looks: ((transaction: IDBTransaction) => void)[] = []
const begin = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (...values: Parameters<typeof begin>) {
  const transaction = begin.apply(this, values)
  if (values[1] === 'readwrite') for (const look of looks) look(transaction)
  return transaction
}

/** A request that is never answered: the page stands still in the midst of its script. */
export const standStill = (): void => {
  const endless = new XMLHttpRequest()
  endless.open('GET', '/still', false)
  endless.send()
}

const standStillBeforeWrite = (n: number): void => beforeWrite(n, standStill)

/** The next commit is durable, and nobody is told. */
const standStillWhenComplete = (): void => {
  looks.push((transaction) => transaction.addEventListener('complete', standStill))
}

const abortBeforeWrite = (n: number): void => beforeWrite(n, (table) => table.transaction.abort())

/** How each of them was asked to be made durable. */
const asked: string[] = []
looks.push((transaction) => asked.push(transaction.durability))
const durabilities = (): readonly string[] => asked

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

type Change = Readonly<Record<string, unknown>> | 'delete' | 'flip'

/** Changes the first row of a table of a closed store whose fields are as given. */
const tamper = async (name: string, table: string, match: Readonly<Record<string, unknown>>, change: Change): Promise<void> => {
  const database = await answered(indexedDB.open(name))
  const rows = database.transaction(table, 'readwrite').objectStore(table)
  const all = await answered(rows.getAll())
  const keys = await answered(rows.getAllKeys())
  const at = all.findIndex((row) => Object.entries(match).every(([field, value]) => row[field] === value))
  const [row, key] = [all[at], keys[at]]
  if (key === undefined) throw new Error(`${table} has no such row`)
  await answered(rows.delete(key))
  if (change === 'flip') await answered(rows.put({ ...row, update: flipped(row.update) }))
  else if (change !== 'delete') await answered(rows.put({ ...row, ...change }))
  database.close()
}

const flipped = (bytes: Uint8Array): Uint8Array => bytes.with(3, (bytes[3] ?? 0) ^ 1)

Object.assign(globalThis, { standStillBeforeWrite, standStillWhenComplete, abortBeforeWrite, durabilities, tamper })
