/** A store in a page, and ways to fail it that only the page has: told what to do from outside, one call at a time. */
import { type IndexedDbStore, openIndexedDbStore } from '@holdfast/shared/store/indexeddb'
import { browserRandom } from '@holdfast/shared/system/browser'
import { append, batchOf, put, SCHEMAS } from '@holdfast/shared/testing/store-contract'
import './faults.ts'

let current: IndexedDbStore | undefined
/** Commits so far; not known before the first. */
let commits: number | undefined

const store = (): IndexedDbStore => {
  if (current === undefined) throw new Error('no store is open')
  return current
}

/** @returns the generation */
const open = async (name: string, startAnew = false): Promise<string> => {
  current = await openIndexedDbStore({ name, schemas: SCHEMAS, random: browserRandom, startAnew })
  commits = undefined
  return current.generation
}

/** The browser compresses what it stores. */
const incompressible = (length: number): Uint8Array => Uint8Array.from({ length }, () => Math.random() * 256)

/** The n-th commit appends to two documents and puts n. @returns n, or the code of what was answered */
const commit = async (updateBytes: number): Promise<number | string> => {
  const version = commits ?? Number((await store().get('tasks', 'last')) ?? 0)
  commits = version
  const update = incompressible(updateBytes)
  const appends = [append('w_1', update), append(`w_${version % 7}x`, update)]
  const removals = [{ collection: 'tasks', key: `${version - 1}` }]
  const puts = [put('last', version + 1), put(`${version}`, { status: 'open' })]
  const result = await store().commit(batchOf({ appends, puts, removals, expected: [['w_1', version]] }))
  if (!result.ok) return result.error.code
  commits += 1
  return commits
}

/** Commits without end, and calls out each number once its commit has resolved. */
const commitOn = async (): Promise<void> => {
  for (;;) Reflect.get(globalThis, 'acknowledged')(await commit(900))
}

const content = async () => ({
  version: (await store().document('w_1'))?.version ?? 0,
  last: (await store().get('tasks', 'last')) ?? 0,
  rows: (await store().list('tasks', { limit: 99 })).length,
  sequences: (await store().feed('harbour-a', 0, Number.POSITIVE_INFINITY)).map(({ sequence }) => sequence),
})

/** A commit, and reads beside it until it is answered. @returns its answer, and the first trouble that a read had */
const commitAndRead = async (updateBytes: number): Promise<{ readonly answer: number | string; readonly reads: string }> => {
  let isAnswered = false
  const answer = commit(updateBytes).finally(() => {
    isAnswered = true
  })
  let reads = 'ok'
  while (!isAnswered && reads === 'ok') reads = await verdictOn(store().get('tasks', 'last'))
  return { answer: await answer, reads }
}

/** What a read came to: `ok`, or the place that it names as corrupt. */
const verdictOn = async (reading: Promise<unknown>): Promise<string> => {
  try {
    await reading
    return 'ok'
  } catch (error) {
    const reason = error instanceof Error && 'reason' in error ? error.reason : undefined
    return typeof reason === 'object' && reason !== null && 'where' in reason ? String(reason.where) : String(error)
  }
}

const verdicts = async () => ({
  document: await verdictOn(store().document('w_1')),
  feed: await verdictOn(store().feed('harbour-a', 0, 99)),
  row: await verdictOn(store().get('tasks', 'last')),
  timers: await verdictOn(store().list('timers', { limit: 9 })),
})

const openTasks = async (): Promise<readonly string[]> => {
  const rows = await store().list('tasks', { where: { index: 'status', equals: 'open' }, limit: 9 })
  return rows.map(({ key }) => key)
}

const generation = (): string => store().generation
const close = (): Promise<void> => store().close()
const isPersistent = (): Promise<boolean> => store().isPersistent

Object.assign(globalThis, { open, commit, commitAndRead, commitOn, content, verdicts, openTasks, generation, close, isPersistent })

/** In a worker the same calls come as messages. */
if (!('document' in globalThis)) {
  addEventListener('message', async ({ data: [name, ...values] }: MessageEvent<[string, ...unknown[]]>) => {
    postMessage(await Reflect.get(globalThis, name)(...values))
  })
}
