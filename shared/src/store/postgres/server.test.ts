/** The store on a real PostgreSQL, with several handles on one database, and what becomes of commits when it is killed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../../ports/store.ts'
import { neighboursContract } from '../../testing/neighbours-contract.ts'
import { PostgresServer, postgresPrograms } from '../../testing/postgres-server.ts'
import { append, batchOf, commit, put } from '../../testing/store-contract/subject.ts'
import { contractOn, newSchema, openIn, openMany } from './contract-support.ts'
import { openPool } from './pool.ts'

const programs = postgresPrograms()
const why = programs === undefined ? ' (skipped: no PostgreSQL under /usr/lib/postgresql, and none could be installed)' : ''

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Writes one number after the other to a document of its own, and says how each commit ended. */
class Writer {
  readonly document: string
  readonly outcomes = new Map<number, string>()
  readonly done: Promise<void>
  #isStopped = false

  constructor(store: Store, document: string) {
    this.document = document
    this.done = this.#write(store)
  }

  get acknowledged(): readonly number[] {
    return [...this.outcomes].filter(([, outcome]) => outcome === 'ok').map(([n]) => n)
  }

  stop(): Promise<void> {
    this.#isStopped = true
    return this.done
  }

  async #write(store: Store): Promise<void> {
    for (let n = 1; !this.#isStopped; n += 1) {
      const appends = [append(this.document, `${n}`), append(`${this.document}_twin`, `${n}`, 'harbour-b')]
      const done = await store.commit(batchOf({ appends, puts: [put(this.document, n)] }))
      this.outcomes.set(n, done.ok ? 'ok' : done.error.code)
      if (!done.ok) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

const numbersIn = async (store: Store, document: string): Promise<readonly number[]> =>
  ((await store.document(document))?.updates ?? []).map((update) => Number(new TextDecoder().decode(update)))

/** What was acknowledged is there once, what was refused is not, and both documents of a commit agree. */
const expectKept = async (store: Store, writers: readonly Writer[]): Promise<void> => {
  for (const { document, outcomes } of writers) {
    const [numbers, twins] = [await numbersIn(store, document), await numbersIn(store, `${document}_twin`)]
    expect(twins).toEqual(numbers)
    expect(new Set(numbers).size).toBe(numbers.length)
    const wrong = [...outcomes].filter(([n, outcome]) => {
      if (outcome === 'unknown-outcome') return false
      return numbers.includes(n) !== (outcome === 'ok')
    })
    expect(wrong).toEqual([])
  }
}

describe.skipIf(programs === undefined)(`API-9 on a real server${why}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    if (programs !== undefined) server = await PostgresServer.start(programs)
  })
  afterAll(() => server.stop())
  const place = { open: (schema: string) => openPool({ url: server.url, schema, maxConnections: 4 }) }
  contractOn('server', place)
  neighboursContract('server', { open: (count) => openMany(place, newSchema(), count) })

  test('API-9 S2 S3 three handles that commit at the same time make one feed without a gap, and of commits on one version one goes through', async () => {
    const stores = await openMany(place, newSchema(), 3)
    const rounds = Array.from({ length: 30 }, (_, round) => round)
    const results = await Promise.all(
      rounds.flatMap((round) =>
        stores.map((store) =>
          store.commit(
            batchOf({ appends: [append('w_1', `${round}`), append(`x_${round}`, 'x', 'harbour-b')], expected: [['w_1', round]] }),
          ),
        ),
      ),
    )
    const winners = results.filter(({ ok }) => ok).length
    const [store] = stores
    const feed = (await store?.feed('harbour-a', 0, 1_000)) ?? []
    expect(winners).toBeGreaterThan(0)
    expect(feed.map(({ sequence }) => sequence)).toEqual(Array.from({ length: winners }, (_, index) => index + 1))
    expect((await store?.document('w_1'))?.version).toBe(winners)
    expect(feed.map(({ group }) => group)).toEqual(feed.map(({ group }) => group).toSorted((a, b) => a - b))
    for (const each of stores) await each.close()
  })

  test('PER-2 API-9 a server killed under load, again and again: nothing acknowledged is lost, and the stores go on', async () => {
    const schema = newSchema()
    const stores = await openMany(place, schema, 3)
    const writers = stores.map((store, index) => new Writer(store, `w_${index}`))
    for (let kill = 1; kill <= 3; kill += 1) {
      const before = writers.map(({ acknowledged }) => acknowledged.length)
      await until(() => writers.every(({ acknowledged }, index) => acknowledged.length >= (before[index] ?? 0) + 15))
      await server.kill()
      await server.run()
    }
    for (const writer of writers) await writer.stop()
    for (const store of stores) await commit(store, { appends: [append('w_after', 'x')] })
    await expectKept(await openIn(place, schema), writers)
    expect(writers.flatMap(({ acknowledged }) => acknowledged).length).toBeGreaterThanOrEqual(135)
    for (const each of stores) await each.close()
  })

  test('API-9 S1 connections ended under load: every commit is known to have gone through or not', async () => {
    const schema = newSchema()
    const stores = await openMany(place, schema, 3)
    const other = place.open(schema)
    const writers = stores.map((store, index) => new Writer(store, `w_${index}`))
    for (let round = 1; round <= 20; round += 1) {
      const before = writers[0]?.outcomes.size ?? 0
      await until(() => (writers[0]?.outcomes.size ?? 0) > before + 3)
      await other.rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state <> 'idle'`)
    }
    for (const writer of writers) await writer.stop()
    const [store] = stores
    if (store !== undefined) await expectKept(store, writers)
    expect(writers.flatMap(({ outcomes }) => [...outcomes.values()]).filter((outcome) => outcome === 'unknown-outcome')).toEqual([])
    for (const each of [...stores, other]) await each.close()
  })

  test('API-9 S1 S7 a connection ended between the commit on disk and its answer: it went through, and is told as such', async () => {
    const schema = newSchema()
    const store = await openIn(place, schema)
    const other = place.open(schema)
    // A standby that never answers holds every commit at just that moment.
    await other.rows(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`)
    await other.rows('SELECT pg_reload_conf()')
    await until(async () => (await other.rows('SHOW synchronous_standby_names'))[0]?.synchronous_standby_names === 'nobody')
    const committing = store.commit(batchOf({ appends: [append('w_1', 'a')] }))
    const held = `FROM pg_stat_activity WHERE wait_event = 'SyncRep'`
    await until(async () => (await other.rows(`SELECT pid ${held}`)).length === 1)
    expect(await store.document('w_1')).toBeUndefined()
    await other.rows('ALTER SYSTEM RESET synchronous_standby_names')
    await other.rows(`SELECT pg_terminate_backend(pid) ${held}`)
    expect(await committing).toMatchObject({ ok: true })
    expect((await store.document('w_1'))?.version).toBe(1)
    await other.rows('SELECT pg_reload_conf()')
    for (const each of [store, other]) await each.close()
  })

  test('PER-2 S7 a server that would lose what it acknowledged is refused', async () => {
    const lax = openPool({ url: server.url, schema: newSchema(), maxConnections: 1 })
    await lax.check()
    await lax.rows('SET synchronous_commit = off')
    await expect(lax.check()).rejects.toThrow('synchronous_commit is off')
    await lax.close()
  })

  test('API-9 a server that is not there: reads say so, commits changed nothing, and both go on when it is back', async () => {
    const store = await openIn(place, newSchema())
    await commit(store, { appends: [append('w_1', 'a')] })
    await server.kill()
    expect(await store.commit(batchOf({ appends: [append('w_1', 'b')] }))).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    await expect(store.document('w_1')).rejects.toMatchObject({ reason: { code: 'unavailable' } })
    await server.run()
    await commit(store, { appends: [append('w_1', 'c')] })
    expect((await store.document('w_1'))?.version).toBe(2)
    await store.close()
  })
})
