/**
 * One bit flipped, anywhere in a real file: every answer is right or refused with its place; what reads can't see, the scrub does. Places
 * are drawn in every page and in every part of it, so that small parts are hit as often as large ones.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Store, StoreFailure } from '../../ports/store.ts'
import { Prng } from '../../testing/prng.ts'
import { append, batchOf, put, SCHEMAS } from '../../testing/store-contract/subject.ts'
import { openAt, withDirectory } from './fixture.ts'
import { verifySqliteFile } from './verify.ts'

const PAGE_BYTES = 4_096
const FLIPS_IN_A_PART = Number(process.env.HOLDFAST_FLIPS ?? 2)
const DOCUMENTS = ['w_1', 'w_2', 'w_3'] as const

const fill = async (path: string): Promise<void> => {
  const prng = new Prng('flips')
  const store = openAt(path)
  for (let n = 0; n < 60; n += 1) {
    const update = Uint8Array.from({ length: prng.pick([3, 90, 600, 6_000]) }, () => prng.between(0, 255))
    const puts = [put(`k${n % 17}`, { status: prng.pick(['open', 'done']), dueAt: n, text: 'x'.repeat(prng.pick([0, 40, 5_000])) })]
    const result = await store.commit(
      batchOf({ appends: [append(prng.pick(DOCUMENTS), update)], puts: [...puts, put(`t${n}`, n, 'timers')] }),
    )
    expect(result.ok).toBe(true)
  }
  await store.commit(batchOf({ puts: [], removals: [{ collection: 'timers', key: 't30' }] }))
  await store.close()
}

const imageOf = async (store: Store): Promise<string> => {
  const all = { limit: Number.POSITIVE_INFINITY }
  const answers = [
    ...(await Promise.all(DOCUMENTS.map((id) => store.document(id)))),
    await store.feed('harbour-a', 0, Number.POSITIVE_INFINITY),
    await store.feedEnd('harbour-a'),
    ...(await Promise.all(SCHEMAS.map(({ name }) => store.list(name, all)))),
    await store.list('tasks', { ...all, where: { index: 'status', equals: 'open' } }),
    ...(await Promise.all(Array.from({ length: 17 }, (_, n) => store.get('tasks', `k${n}`)))),
  ]
  return JSON.stringify(answers, (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value))
}

type Answered = 'right' | 'wrong' | { readonly refusedAt: string }

/** What opening the file and reading all of it comes to. */
const answersOf = async (path: string, right: string): Promise<Answered> => {
  try {
    const store = openAt(path)
    try {
      return (await imageOf(store)) === right ? 'right' : 'wrong'
    } finally {
      await store.close()
    }
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.reason.code === 'corrupt') return { refusedAt: thrown.reason.where }
    throw thrown
  }
}

interface Part {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** The parts of a page of a tree: its header, its pointers, the room between, its cells. Any other page is one part. */
const partsOf = (file: Buffer, page: number): readonly Part[] => {
  const start = page * PAGE_BYTES
  const header = page === 0 ? 100 : 0
  const kind = file.readUInt8(start + header)
  const end = start + PAGE_BYTES
  if (![2, 5, 10, 13].includes(kind)) return [{ name: 'chained page', from: start, to: end }]
  const headerEnd = start + header + (kind === 2 || kind === 5 ? 12 : 8)
  const pointersEnd = headerEnd + 2 * file.readUInt16BE(start + header + 3)
  const cells = start + file.readUInt16BE(start + header + 5)
  return [
    { name: 'file header', from: start, to: start + header },
    { name: 'page header', from: start + header, to: headerEnd },
    { name: 'pointers', from: headerEnd, to: pointersEnd },
    { name: 'free room', from: pointersEnd, to: cells },
    { name: 'cells', from: cells, to: end },
  ].filter(({ from, to }) => to > from)
}

const isFound = (path: string): boolean => {
  try {
    return [...verifySqliteFile(path)].length > 0
  } catch (thrown) {
    return thrown instanceof StoreFailure
  }
}

test('PER-8 S5 I5 a flipped bit in any part of any page is refused with its place, found by the scrub, or changes nothing', () =>
  withDirectory(async (directory) => {
    const path = join(directory, 'a.db')
    await fill(path)
    const file = readFileSync(path)
    const store = openAt(path)
    const right = await imageOf(store)
    await store.close()
    expect([...verifySqliteFile(path)]).toEqual([])
    const prng = new Prng('places')
    const seen = new Map<string, { right: number; refused: number; scrubbed: number }>()
    const silent: string[] = []
    for (let page = 0; page < file.length / PAGE_BYTES; page += 1) {
      for (const { name, from, to } of partsOf(file, page)) {
        const counts = seen.get(name) ?? { right: 0, refused: 0, scrubbed: 0 }
        seen.set(name, counts)
        for (let flip = 0; flip < FLIPS_IN_A_PART; flip += 1) {
          const at = prng.between(from, to - 1)
          const flipped = Buffer.from(file)
          flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << prng.between(0, 7)), at)
          writeFileSync(path, flipped)
          const answered = await answersOf(path, right)
          if (answered === 'right') counts.right += 1
          else if (answered !== 'wrong') {
            expect(answered.refusedAt).not.toBe('')
            counts.refused += 1
          } else if (isFound(path)) counts.scrubbed += 1
          else silent.push(`${name} of page ${page}, byte ${at % PAGE_BYTES}`)
        }
      }
    }
    console.log(Object.fromEntries(seen))
    expect(silent).toEqual([])
    expect([...seen.keys()].toSorted()).toEqual(['cells', 'chained page', 'file header', 'free room', 'page header', 'pointers'])
  }))
