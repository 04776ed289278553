/** The store contract on PostgreSQL built into this process, so that it runs everywhere, and what can't be timed on a real server. */
import { PGlite } from '@electric-sql/pglite'
import { afterAll, describe, expect, test } from 'vitest'
import type { Store } from '../../ports/store.ts'
import { neighboursContract } from '../../testing/neighbours-contract.ts'
import { append, batchOf, put, SCHEMAS } from '../../testing/store-contract/subject.ts'
import { random } from '../sqlite/fixture.ts'
import { contractOn, newSchema, openIn, openMany } from './contract-support.ts'
import { OutcomeUnknown, type PostgresDatabase } from './database.ts'
import { embeddedPlace } from './embedded-support.ts'
import { openPostgresStore } from './open.ts'
import { openPool } from './pool.ts'

const embedded = new PGlite()
afterAll(() => embedded.close())
const place = embeddedPlace(embedded)
contractOn('embedded', place)
neighboursContract('embedded', { open: (count) => openMany(place, newSchema(), count) })

/** A line that breaks as COMMIT goes over it: before it arrives, or before the answer comes back. */
const breaking = (inner: PostgresDatabase, when: 'before' | 'after', mayAsk: boolean): PostgresDatabase & { arm(): void } => {
  let isArmed = false
  const isTimeToBreak = (): boolean => {
    const breaks = isArmed
    isArmed = false
    return breaks
  }
  return {
    ...inner,
    arm: () => {
      isArmed = true
    },
    rows: (text, values) =>
      text.includes('pg_xact_status') && !mayAsk ? Promise.reject(new Error('Connection terminated')) : inner.rows(text, values),
    transaction: async (work) => {
      if (!isTimeToBreak()) return inner.transaction(work)
      const lost = new OutcomeUnknown(new Error('Connection terminated'))
      if (when === 'after') {
        await inner.transaction(work)
        throw lost
      }
      return inner.transaction(async (sql) => {
        await work(sql)
        throw lost
      })
    },
  }
}

const commitOver = async (when: 'before' | 'after', mayAsk: boolean) => {
  const schema = newSchema()
  const database = breaking(place.open(schema), when, mayAsk)
  const store = await openPostgresStore({ database, schemas: SCHEMAS, random })
  database.arm()
  const outcome = await store.commit(batchOf({ appends: [append('w_1', 'a')], puts: [put('t', 1)], expected: [['w_1', 0]] }))
  return { outcome, store, schema }
}

const versionIn = async (store: Store): Promise<number> => (await store.document('w_1'))?.version ?? 0

describe('API-9 S1 a commit whose answer was not heard', () => {
  test('and that went through is told as such', async () => {
    const { outcome, store } = await commitOver('after', true)
    expect(outcome).toEqual({ ok: true, value: { group: (await store.feed('harbour-a', 0, 1))[0]?.group } })
    expect(await versionIn(store)).toBe(1)
    await store.close()
  })

  test('and that did not go through is made again', async () => {
    const { outcome, store } = await commitOver('before', true)
    expect(outcome).toMatchObject({ ok: true })
    expect([await versionIn(store), await store.feedEnd('harbour-a')]).toEqual([1, 1])
    await store.close()
  })

  test('is of unknown outcome where nobody can be asked', async () => {
    for (const when of ['before', 'after'] as const) {
      const { outcome, store, schema } = await commitOver(when, false)
      expect(outcome).toMatchObject({ ok: false, error: { code: 'unknown-outcome' } })
      await store.close()
      const again = await openIn(place, schema)
      expect(await versionIn(again)).toBe(when === 'after' ? 1 : 0)
      await again.close()
    }
  })
})

test('a schema name that could be anything else is refused', () => {
  expect(() => openPool({ url: 'postgresql://localhost', schema: 'a; drop' })).toThrow(TypeError)
})
