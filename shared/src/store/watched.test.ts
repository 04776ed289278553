import { expect, test } from 'vitest'
import type { Clock } from '../ports/clock.ts'
import { type Store, type StoreError, StoreFailure } from '../ports/store.ts'
import { batchOf, put, SCHEMAS } from '../testing/store-contract/subject.ts'
import { err } from '../values/result.ts'
import { openMemoryStore } from './memory/index.ts'
import { watchStore } from './watched.ts'

/** A memory store that fails as it is told, and a clock whose one timer is rung by hand. */
const setup = () => {
  const inner = openMemoryStore({ schemas: SCHEMAS, generation: 'g' })
  const faults: { commit?: StoreError; read?: StoreError } = {}
  const store: Store = {
    ...inner,
    commit: async (batch) => (faults.commit === undefined ? inner.commit(batch) : err(faults.commit)),
    get: async (collection, key) => {
      if (faults.read !== undefined) throw new StoreFailure(faults.read)
      return inner.get(collection, key)
    },
  }
  let timer: (() => void) | undefined
  const clock: Clock = {
    now: () => ({ wall: 5_000, monotonic: 0 }),
    after: (_delayMs, callback) => {
      timer = callback
      return () => {
        timer = undefined
      }
    },
  }
  const told: string[] = []
  const watched = watchStore(store, clock, ({ failing, damaged }) => told.push(`${failing?.code ?? 'well'}, ${damaged.size} damaged`))
  const ring = async (): Promise<void> => {
    timer?.()
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  }
  return { watched, faults, told, ring, hasTimer: () => timer !== undefined }
}

const FULL: StoreError = { code: 'disk-full', message: 'no room' }
const BATCH = batchOf({ puts: [put('k', 1)] })

test('PER-8 a full disk is known until a commit goes through, and it is tried without anybody asking', async () => {
  const { watched, faults, told, ring, hasTimer } = setup()
  faults.commit = FULL
  expect(await watched.commit(BATCH)).toEqual(err(FULL))
  expect(watched.condition.failing).toEqual({ ...FULL, sinceWall: 5_000 })
  await ring()
  expect(watched.condition.failing?.code).toBe('disk-full')
  delete faults.commit
  await ring()
  expect(watched.condition).toEqual({ damaged: new Map() })
  expect(told).toEqual(['disk-full, 0 damaged', 'well, 0 damaged'])
  expect(hasTimer()).toBe(false)
})

test('PER-8 a damaged place is told once and kept in mind; the store is well beside it', async () => {
  const { watched, faults, told } = setup()
  faults.read = { code: 'corrupt', where: 'row tasks/k', message: 'bits' }
  await expect(watched.get('tasks', 'k')).rejects.toThrow('corrupt')
  await expect(watched.get('tasks', 'k')).rejects.toThrow('corrupt')
  expect((await watched.commit(BATCH)).ok).toBe(true)
  expect(watched.condition).toEqual({ damaged: new Map([['row tasks/k', 'bits']]) })
  expect(told).toEqual(['well, 1 damaged'])
})

test('a condition that does not hold is no failure of the store, and a closed store is asked no more', async () => {
  const { watched, faults, told, hasTimer } = setup()
  faults.commit = { code: 'version-mismatch', document: 'w', expected: 1, found: 2 }
  await watched.commit(BATCH)
  expect(told).toEqual([])
  faults.commit = FULL
  await watched.commit(BATCH)
  expect(hasTimer()).toBe(true)
  await watched.close()
  expect(hasTimer()).toBe(false)
})
