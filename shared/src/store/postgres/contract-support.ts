/** For tests: the store contract and what goes for every PostgreSQL, on whichever place gives clients of a schema. */
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../../engine/rows.ts'
import type { SharedStore } from '../../ports/neighbours.ts'
import type { CollectionSchema, Store } from '../../ports/store.ts'
import { append, commit, put, SCHEMAS } from '../../testing/store-contract/subject.ts'
import { storeContract } from '../../testing/store-contract.ts'
import { random } from '../sqlite/fixture.ts'
import type { PostgresDatabase } from './database.ts'
import { openPostgresStore } from './open.ts'

export interface Place {
  /** A client of that schema. */
  open(schema: string): PostgresDatabase
}

let count = 0
export const newSchema = (): string => {
  count += 1
  return `s${count}`
}

export const openIn = (place: Place, schema: string, schemas: readonly CollectionSchema[] = SCHEMAS): Promise<SharedStore> =>
  openPostgresStore({ database: place.open(schema), schemas, random })

export const openMany = async (place: Place, schema: string, count: number): Promise<readonly SharedStore[]> => {
  const stores: SharedStore[] = []
  while (stores.length < count) stores.push(await openIn(place, schema))
  return stores
}

export const contractOn = (name: string, place: Place): void => {
  const schemaOf = new Map<Store, string>()
  const opened = async (schema: string, schemas: readonly CollectionSchema[]): Promise<Store> => {
    const store = await openIn(place, schema, schemas)
    schemaOf.set(store, schema)
    return store
  }
  storeContract(name, {
    open: (schemas) => opened(newSchema(), schemas),
    reopen: async (store, schemas) => {
      await store.close()
      return opened(schemaOf.get(store) ?? '', schemas)
    },
  })

  describe(`${name} as PostgreSQL`, () => {
    test('PER-8 S5 a row, an update and a document that were changed behind its back are named, and the rest is served', async () => {
      const schema = newSchema()
      const store = await openIn(place, schema)
      await commit(store, { appends: [append('w_1', 'a'), append('w_2', 'b')], puts: [put('t', 1), put('u', 2)] })
      const database = place.open(schema)
      await database.rows("UPDATE updates SET bytes = 'x' WHERE document = 'w_1'")
      await database.rows(`UPDATE rows_tasks SET value = '3' WHERE key = 't'`)
      await database.rows("UPDATE documents SET version = 2 WHERE id = 'w_2'")
      const reasons = await Promise.allSettled([store.document('w_1'), store.get('tasks', 't'), store.document('w_2')])
      expect(reasons.map((each) => each.status === 'rejected' && each.reason.reason.where)).toEqual([
        'update 1 of w_1',
        'row tasks/t',
        'document w_2',
      ])
      expect(await store.get('tasks', 'u')).toBe(2)
      const damaged: string[] = []
      const served: string[] = []
      for await (const { key } of rowsOf(store, 'tasks', (each) => damaged.push(each))) served.push(key)
      expect([served, damaged]).toEqual([['u'], ['t']])
      await database.close()
      await store.close()
    })

    test('an index declared later holds the rows there are', async () => {
      const schema = newSchema()
      const bare = await openIn(place, schema, [{ name: 'tasks', indices: [] }])
      await commit(bare, { puts: [put('t', { owner: 'ada' }), put('u', { owner: 'x'.repeat(5_000) })] })
      await bare.close()
      const indexed = await openIn(place, schema, [{ name: 'tasks', indices: ['owner'] }])
      for (const [owner, key] of [
        ['ada', 't'],
        ['x'.repeat(5_000), 'u'],
      ] as const) {
        expect((await indexed.list('tasks', { where: { index: 'owner', equals: owner }, limit: 9 })).map((row) => row.key)).toEqual([key])
      }
      await indexed.close()
    })

    test('API-9 S1 a commit that the server refuses to put in order with others is made again, and stands once', async () => {
      const schema = newSchema()
      const store = await openIn(place, schema)
      const database = place.open(schema)
      await refuseFirst(database, 3)
      await commit(store, { appends: [append('w_1', 'a')], puts: [put('t', 1)], expected: [['w_1', 0]] })
      expect(await database.rows('SELECT last_value::int AS tries FROM tries')).toEqual([{ tries: 4 }])
      expect((await store.document('w_1'))?.version).toBe(1)
      expect(await store.feedEnd('harbour-a')).toBe(1)
      await database.close()
      await store.close()
    })

    test('API-9 S1 one that it refuses again and again changed nothing, and says that it may go later', async () => {
      const schema = newSchema()
      const store = await openIn(place, schema)
      const database = place.open(schema)
      await refuseFirst(database, 1_000)
      const refused = await store.commit({ appends: [append('w_1', 'a')], puts: [put('t', 1)], removals: [], expected: new Map() })
      expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable' } })
      expect([await store.document('w_1'), await store.feedEnd('harbour-a')]).toEqual([undefined, 0])
      await database.close()
      await store.close()
    })
  })
}

/** A sequence is not rolled back, so it counts tries. */
const refuseFirst = async (database: PostgresDatabase, times: number): Promise<void> => {
  await database.rows('CREATE SEQUENCE tries')
  await database.rows(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('tries') <= ${times} THEN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END IF;
    RETURN NEW; END $$`)
  await database.rows('CREATE TRIGGER refusing BEFORE INSERT ON updates FOR EACH ROW EXECUTE FUNCTION refuse()')
}
