import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../values/json.ts'
import { MAX_INLINE_BYTES, MissingValue, referenceTo } from '../values/reference.ts'
import { appendTurn } from './append.ts'
import { judgeUpdate } from './guard.ts'
import { type FreshValues, VALUES } from './kept-values.ts'
import { openReplica, type Replica } from './replica.ts'
import { ALL_RIGHTS, Author, clientOf, codeOf, rawUpdate, replicaOf, successorOf, unwrap } from './test-support.ts'

const large = (n: number): Json => ({ n, text: `${n}`.repeat(MAX_INLINE_BYTES) })

/** One entry that says these values, written as a turn writes them. */
const say = (author: Author, values: readonly Json[]): Json[] => {
  const fresh: FreshValues = new Map()
  const entry = [9, ...values.map((value) => author.replica.values.put(value, fresh))]
  const { epoch, life, head } = author
  const appended = unwrap(appendTurn(author.replica, { epoch, life, head, entries: [entry], judged: [], values: fresh }))
  author.head = appended.head
  author.updates.push(appended.update)
  return entry.slice(1)
}

const open = (replica: Replica, fields: readonly Json[]): readonly Json[] => fields.map((field) => replica.values.open(field))
/** A copy into which every update came through the guard. */
const guarded = (updates: readonly Uint8Array[]): Replica => {
  const copy = openReplica(clientOf(7))
  for (const update of updates) {
    expect(codeOf(judgeUpdate(copy, update, ALL_RIGHTS))).toBe('ok')
    copy.apply(update)
  }
  return copy
}
const held = (replica: Replica): number => replica.doc.getArray(VALUES).length

describe('KV values beside the log', () => {
  test('KV1 whatever was said is read back on every replica, in however many lives, and written once', () => {
    const turns = fc.array(fc.record({ numbers: fc.array(fc.nat({ max: 4 }), { maxLength: 4 }), restarts: fc.boolean() }), { maxLength: 8 })
    fc.assert(
      fc.property(turns, (all) => {
        let author = new Author(1, 1)
        const updates: Uint8Array[] = []
        const said: { readonly values: readonly Json[]; readonly fields: readonly Json[] }[] = []
        for (const { numbers, restarts } of all) {
          if (restarts) author = successorOf(author, 1, author.life + 1, updates)
          const values = numbers.map((n) => (n === 0 ? 'small' : large(n)))
          said.push({ values, fields: say(author, values) })
          updates.push(...author.updates.splice(0))
        }
        const copy = guarded(updates)
        for (const { values, fields } of said) expect(open(copy, fields)).toEqual(values)
        expect(held(copy)).toBe(new Set(all.flatMap(({ numbers }) => numbers.filter((n) => n > 0))).size)
      }),
      { numRuns: 50 },
    )
  })

  test('KV2 what only looks like a reference is kept apart, so it reads back as itself', () => {
    const author = new Author(1, 1)
    const forged = referenceTo(large(1))
    const [field] = say(author, [forged])
    expect(field).toEqual(referenceTo(forged))
    say(author, [large(1)])
    expect(open(replicaOf(2, author.updates), [field ?? null])).toEqual([forged])
  })

  test('KV3 a value that was changed is missing, and says which it was', () => {
    const author = new Author(1, 1)
    const [field = null] = say(author, [large(1)])
    const update = author.updates[0] ?? new Uint8Array()
    const changed = update.slice()
    changed[Math.floor(update.length / 2)] = '2'.charCodeAt(0)
    const [found] = open(replicaOf(2, [changed]), [field])
    expect(found).toBeInstanceOf(MissingValue)
    expect(found).toMatchObject(referenceTo(large(1)))
    // Written down again it is the same reference, which may lead somewhere elsewhere.
    expect(author.replica.values.open(openReplica(3).values.put(found ?? null, new Map()))).toEqual(large(1))
  })

  test('KV4 only the authority writes values, as arrays, and nobody takes them away', () => {
    const write = (content: unknown) => rawUpdate(clientOf(5), [], (doc) => doc.getArray(VALUES).push([content]))
    const judged = (update: Uint8Array, rights = ALL_RIGHTS) => codeOf(judgeUpdate(openReplica(clientOf(1)), update, rights))
    expect(judged(write([large(1)]))).toBe('ok')
    expect(judged(write([large(1)]), { ...ALL_RIGHTS, authority: false })).toBe('forbidden-root')
    expect(judged(write('a text'))).toBe('bad-content')
    expect(judged(rawUpdate(clientOf(5), [], (doc) => doc.getMap(VALUES).set('k', [1])))).toBe('bad-content')

    const author = new Author(1, 1)
    say(author, [large(1)])
    const deletion = rawUpdate(clientOf(5), author.updates, (doc) => doc.getArray(VALUES).delete(0, 1))
    expect(codeOf(judgeUpdate(replicaOf(clientOf(6), author.updates), deletion, ALL_RIGHTS))).toBe('forbidden-delete')
  })
})
