import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../ports/clock.ts'
import { neighboursContract } from './neighbours-contract.ts'
import { Prng } from './prng.ts'
import { type DatabaseFaults, type Handle, NO_DATABASE_FAULTS, SharedDatabase } from './shared-database.ts'
import { append, batchOf, SCHEMAS } from './store-contract/subject.ts'
import { storeContract } from './store-contract.ts'

/** Every callback as soon as the event loop comes round, those of shorter ways first. */
const eagerClock: Clock = {
  now: () => ({ wall: 0, monotonic: 0 }),
  after: (delayMs, callback) => {
    let rounds = delayMs
    let handle = setImmediate(function round() {
      rounds -= 1
      if (rounds <= 0) callback()
      else handle = setImmediate(round)
    })
    return () => clearImmediate(handle)
  },
}

let opened = 0
const newDatabase = (faults: Partial<DatabaseFaults> = {}, seed = 1, schemas = SCHEMAS): SharedDatabase => {
  opened += 1
  return new SharedDatabase({
    schemas,
    generation: `shared-${opened}`,
    random: new Prng(seed),
    faults: { ...NO_DATABASE_FAULTS, ...faults },
  })
}

storeContract('shared database', { open: (schemas) => newDatabase({}, 1, schemas).open(eagerClock) })

neighboursContract('shared database', {
  open: async (count) => {
    const database = newDatabase()
    return Array.from({ length: count }, () => database.open(eagerClock))
  },
})

type Outcomes = Map<string, string>

const write = async (handle: Handle, name: string, count: number, outcomes: Outcomes): Promise<void> => {
  for (let n = 1; n <= count; n += 1) {
    const text = `${name}${n}`
    const done = await handle.commit(batchOf({ appends: [append('w_1', text), append('w_2', text)] }))
    outcomes.set(text, done.ok ? 'ok' : done.error.code)
  }
}

const textsIn = async (handle: Handle, document: string): Promise<readonly string[]> =>
  ((await handle.document(document))?.updates ?? []).map((update) => new TextDecoder().decode(update))

const broken = (texts: readonly string[], outcomes: Outcomes): readonly string[] =>
  [...outcomes].flatMap(([text, outcome]) => {
    const times = texts.filter((each) => each === text).length
    const fits = outcome === 'ok' ? times === 1 : outcome === 'unavailable' ? times === 0 : times <= 1
    return fits ? [] : [`${text}: ${outcome}, there ${times} times`]
  })

describe('shared database, with faults', () => {
  test('D1 D2 whatever is lost on the way: ok is there once, unavailable is not, unknown may be, and no commit is halved', async () => {
    const outcomesSeen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const database = newDatabase({ maxWayMs: 5, unavailable: 0.2, unknownOutcome: 0.3 }, seed)
        const handles = [1, 2, 3].map(() => database.open(eagerClock))
        const outcomes: Outcomes = new Map()
        await Promise.all(handles.map((handle, index) => write(handle, `h${index}.`, 8, outcomes)))
        const [handle] = handles
        if (handle === undefined) return
        expect(broken(await textsIn(handle, 'w_1'), outcomes)).toEqual([])
        expect(await textsIn(handle, 'w_2')).toEqual(await textsIn(handle, 'w_1'))
        for (const outcome of outcomes.values()) outcomesSeen.add(outcome)
      }),
      { numRuns: 30 },
    )
    expect([...outcomesSeen].sort()).toEqual(['ok', 'unavailable', 'unknown-outcome'])
  })

  test('D1 a server that goes down and comes back has all that it applied, and what it had not answered is unknown', async () => {
    const database = newDatabase({ minWayMs: 1, maxWayMs: 4 }, 7)
    const handles = [1, 2].map(() => database.open(eagerClock))
    const outcomes: Outcomes = new Map()
    const writing = Promise.all(handles.map((handle, index) => write(handle, `h${index}.`, 40, outcomes)))
    for (let round = 0; round < 10; round += 1) {
      await new Promise((resolve) => eagerClock.after(10, () => resolve(undefined)))
      database.stop()
      await new Promise((resolve) => eagerClock.after(3, () => resolve(undefined)))
      database.start()
    }
    await writing
    const [handle] = handles
    if (handle === undefined) throw new Error('two were opened')
    expect(broken(await textsIn(handle, 'w_1'), outcomes)).toEqual([])
    expect([...outcomes.values()]).toContain('unknown-outcome')
  })

  test('a handle that crashed hears nothing more, and the others go on', async () => {
    const database = newDatabase({ minWayMs: 2, maxWayMs: 2 })
    const [crashing, other] = [database.open(eagerClock), database.open(eagerClock)]
    let answered = false
    void crashing.commit(batchOf({ appends: [append('w_1', 'a')] })).then(() => {
      answered = true
    })
    await new Promise((resolve) => eagerClock.after(3, () => resolve(undefined)))
    crashing.crash()
    await write(other, 'o', 3, new Map())
    expect(answered).toBe(false)
    expect(await textsIn(other, 'w_1')).toEqual(['a', 'o1', 'o2', 'o3'])
    await expect(crashing.document('w_1')).rejects.toMatchObject({ reason: { code: 'closed' } })
  })
})
