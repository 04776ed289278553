import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../ports/clock.ts'
import { type FaultyStore, NO_STORE_FAULTS, openFaultyStore, type StoreFaults } from './faulty-store.ts'
import { append, batchOf, commit, put, SCHEMAS } from './store-contract/subject.ts'
import { storeContract } from './store-contract.ts'

/** Every callback as soon as the event loop comes round, in order. */
const eagerClock: Clock = {
  now: () => ({ wall: 0, monotonic: 0 }),
  after: (_delayMs, callback) => {
    const handle = setImmediate(callback)
    return () => clearImmediate(handle)
  },
}

/** Time that passes when told to. */
const manualClock = () => {
  let now = 0
  let waiting: { at: number; callback: () => void }[] = []
  const clock: Clock = {
    now: () => ({ wall: now, monotonic: now }),
    after: (delayMs, callback) => {
      const timer = { at: now + delayMs, callback }
      waiting.push(timer)
      return () => {
        waiting = waiting.filter((other) => other !== timer)
      }
    },
  }
  const pass = async (ms: number) => {
    now += ms
    const due = waiting.filter((timer) => timer.at <= now).sort((a, b) => a.at - b.at)
    waiting = waiting.filter((timer) => timer.at > now)
    for (const timer of due) timer.callback()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { clock, pass }
}

const seeded = (seed: number) => {
  let state = seed >>> 0
  return {
    u32: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0
    },
  }
}

const openWith = (faults: Partial<StoreFaults>, seed = 1) => {
  const { clock, pass } = manualClock()
  const store = openFaultyStore({
    schemas: SCHEMAS,
    generation: 'g',
    clock,
    random: seeded(seed),
    faults: { ...NO_STORE_FAULTS, ...faults },
  })
  return { store, pass }
}

let opened = 0
const crashable = new Map<unknown, FaultyStore>()

storeContract('faulty, faults off,', {
  open: (schemas) => {
    opened += 1
    const store = openFaultyStore({ schemas, generation: `g${opened}`, clock: eagerClock, random: seeded(opened), faults: NO_STORE_FAULTS })
    crashable.set(store, store)
    return store
  },
  reopen: async (store, schemas) => {
    await store.close()
    const again = crashable.get(store)?.crash().reopen(schemas)
    if (again === undefined) throw new Error('opened elsewhere')
    crashable.set(again, again)
    return again
  },
})

describe('the disk of the simulated world', () => {
  const two = batchOf({ appends: [append('w_1', 'a'), append('w_2', 'b')], puts: [put('t', 1)] })

  test('S7 a commit is seen by its own node at once, and acknowledged and in the feed after its sync, with all before it', async () => {
    const { store, pass } = openWith({ minSyncMs: 5, maxSyncMs: 50 })
    const acknowledged: number[] = []
    for (let n = 0; n < 5; n += 1) void store.commit(two).then((result) => result.ok && acknowledged.push(result.value.group))
    expect([await store.get('tasks', 't'), (await store.document('w_1'))?.version]).toEqual([1, 5])
    await pass(4)
    expect([acknowledged, await store.feedEnd('harbour-a')]).toEqual([[], 0])
    await pass(50)
    expect([acknowledged, await store.feedEnd('harbour-a')]).toEqual([[1, 2, 3, 4, 5], 10])
  })

  test('F2 a crash keeps a prefix of the commits in flight, whole, and every prefix comes up; their promises stay silent', async () => {
    const survivors = new Set<number>()
    for (let seed = 0; seed < 60; seed += 1) {
      const { store, pass } = openWith({ minSyncMs: 9, maxSyncMs: 9 }, seed)
      let settled = 0
      for (let n = 0; n < 3; n += 1) void store.commit(two).then(() => (settled += 1))
      const crashed = store.crash()
      await pass(100)
      const end = await crashed.reopen().feedEnd('harbour-a')
      expect([settled, end]).toEqual([0, 2 * (3 - crashed.lostCommits)])
      survivors.add(end)
      expect(await store.commit(two)).toMatchObject({ ok: false, error: { code: 'closed' } })
    }
    expect([...survivors].sort((a, b) => a - b)).toEqual([0, 2, 4, 6])
  })

  test('an orderly close loses nothing', async () => {
    const { store } = openWith({ minSyncMs: 9, maxSyncMs: 9 })
    const committing = store.commit(two)
    await store.close()
    expect(await committing).toEqual({ ok: true, value: { group: 1 } })
    const again = store.crash().reopen()
    expect([again.generation, await again.feedEnd('harbour-a'), await again.get('tasks', 't')]).toEqual(['g', 2, 1])
  })

  test('F3 a full disk changes nothing', async () => {
    const { store, pass } = openWith({ diskFull: 1 })
    const committing = store.commit(two)
    expect(await store.feedEnd('harbour-a')).toBe(0)
    await pass(1)
    expect(await committing).toMatchObject({ ok: false, error: { code: 'disk-full' } })
  })

  test('F3 an unknown outcome goes either way, and what a reload finds outlives a crash', async () => {
    const outcomes = new Set<number>()
    for (let seed = 0; seed < 40; seed += 1) {
      const { store, pass } = openWith({ unknownOutcome: 1 }, seed)
      const committing = store.commit(two)
      await pass(1)
      expect(await committing).toMatchObject({ ok: false, error: { code: 'unknown-outcome' } })
      const found = await store.feedEnd('harbour-a')
      expect(await store.crash().reopen().feedEnd('harbour-a')).toBe(found)
      outcomes.add(found)
    }
    expect([...outcomes].sort((a, b) => a - b)).toEqual([0, 2])
  })

  test('F1 any life of commits, waiting, faults and crashes: nothing acknowledged is lost, and the feed has no gap', async () => {
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.constant('commit' as const) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 20 }) },
      { weight: 1, arbitrary: fc.constant('crash' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.integer(), async (actions, seed) => {
        const { store, pass } = openWith({ minSyncMs: 0, maxSyncMs: 15, diskFull: 0.1, unknownOutcome: 0.1 }, seed)
        await keepsWhatItAcknowledged(store, pass, actions)
      }),
      { numRuns: 60 },
    )
  })
})

const keepsWhatItAcknowledged = async (
  opened: FaultyStore,
  pass: (ms: number) => Promise<void>,
  actions: readonly ('commit' | 'crash' | number)[],
) => {
  let store = opened
  const acknowledged: string[] = []
  for (const [index, action] of actions.entries()) {
    if (typeof action === 'number') await pass(action)
    else if (action === 'crash') store = store.crash().reopen()
    else
      void store
        .commit(batchOf({ puts: [put(`k${index}`, index)], appends: [append('w_1', 'x')] }))
        .then(({ ok }) => ok && acknowledged.push(`k${index}`))
  }
  store = store.crash().reopen()
  const keys = (await store.list('tasks', { limit: Number.POSITIVE_INFINITY })).map((row) => row.key)
  expect(keys).toEqual(expect.arrayContaining(acknowledged))
  const feed = await store.feed('harbour-a', 0, Number.POSITIVE_INFINITY)
  expect(feed.map((entry) => entry.sequence)).toEqual(keys.map((_, n) => n + 1))
  await store.close()
  await expect(commit(store, {})).rejects.toThrow('closed')
}
