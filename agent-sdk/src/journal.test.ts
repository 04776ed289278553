import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Journal, openJournal } from './journal.ts'
import type { JournalEntry } from './session/journal-entry.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
  path = join(folder, 'journal')
})
afterEach(() => rm(folder, { recursive: true }))

const opened = async (): Promise<Journal> => {
  const journal = await openJournal(path)
  if (!journal.ok) throw new Error(journal.error.code)
  return journal.value
}

const finished = (n: number): JournalEntry => ({ kind: 'finished', task: `t${n}`, outcome: { ok: true, output: `ü${n}\n` } })
const range = (count: number): readonly JournalEntry[] => Array.from({ length: count }, (_, n) => finished(n))

/** A journal file as a crash leaves it: written, never closed properly. */
const written = async (count: number): Promise<string> => {
  const journal = await opened()
  for (const entry of range(count)) await journal.append(entry)
  await journal.close()
  return readFile(path, 'utf8')
}

describe('the journal on disk', () => {
  test('COO-9 what was confirmed is there after opening again, in order', async () => {
    await written(20)
    const journal = await opened()
    expect(journal.entries).toEqual(range(20))
    await journal.append(finished(20))
    await journal.close()
    expect((await opened()).entries).toEqual(range(21))
  })

  test('COO-9 wherever a crash tears the last write, the whole lines before it count', async () => {
    const text = await written(3)
    const bytes = Buffer.from(text)
    // The first line is the end of the last compacting, and holds nothing.
    const [firstEnd = 0, ...lineEnds] = [...bytes.keys()].filter((at) => bytes[at] === 10)
    for (let length = firstEnd; length <= bytes.length; length += 1) {
      await writeFile(path, bytes)
      await truncate(path, length)
      const journal = await opened()
      // The line counts from its last character on; the line break itself may be torn off.
      expect(journal.entries).toEqual(range(lineEnds.filter((end) => end <= length).length))
      await journal.close()
    }
  })

  test('COO-9 rubbish after the last line is dropped, and writing goes on behind it', async () => {
    await written(2)
    await appendFile(path, '0123456789abcdef 300 [{"kind":"fini')
    const journal = await opened()
    await journal.append(finished(2))
    await journal.close()
    expect((await opened()).entries).toEqual(range(3))
  })

  test('COO-9 any flipped bit before the last line is met with a refusal, never used', async () => {
    const bytes = Buffer.from(await written(3))
    const lastLine = bytes.lastIndexOf(10, bytes.length - 2) + 1
    for (let at = 0; at < lastLine; at += 1) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      await writeFile(path, damaged)
      const journal = await openJournal(path)
      expect(journal.ok ? 'opened' : journal.error.code, `byte ${at}`).toBe('journal-damaged')
    }
  })

  test('a long life does not make a long file', async () => {
    const journal = await opened()
    for (let round = 0; round < 60; round += 1) {
      const tasks = Array.from({ length: 100 }, (_, n) => round * 100 + n)
      const entries = tasks.flatMap((n): readonly JournalEntry[] => [finished(n), { kind: 'settled', task: `t${n}` }])
      await Promise.all(entries.map((entry) => journal.append(entry)))
    }
    await journal.append({ kind: 'epoch', epoch: 3 })
    const { size } = await stat(path)
    expect(size).toBeLessThan(500_000)
    await journal.close()
    const again = await opened()
    expect(again.entries).toHaveLength(1 + 2 * 64)
    await again.close()
  })

  test('a disk that fails is said to, and an entry it refused is never confirmed', async () => {
    const journal = await opened()
    const troubles: string[] = []
    journal.onTrouble((message) => troubles.push(message))
    let confirmed = false
    // Files that can't be written are hard to come by; a cyclic entry fails in the same place.
    const cycle: { kind: 'epoch'; epoch: number; self?: unknown } = { kind: 'epoch', epoch: 1 }
    cycle.self = cycle
    void journal.append(cycle).then(() => {
      confirmed = true
    })
    await journal.close()
    expect(troubles).toHaveLength(1)
    expect(confirmed).toBe(false)
  })
})
