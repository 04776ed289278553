/**
 * An agent's memory on disk: a text file of lines `⟨start of SHA-256⟩ ⟨length⟩ ⟨JSON list of entries⟩`, one line for all entries
 * that share one fsync.
 *
 *   J1  `append` resolves only after fsync; entries become durable in the order they were given.
 *   J2  A torn last line (a crash in the middle of a write) is dropped when opening; it was never confirmed.
 *   J3  Any other damaged line was confirmed once: opening refuses, and a person decides.
 *   J4  Compacting replaces the file in one rename, so a crash leaves the old or the new one. It ends with an empty line of
 *       entries, so that no line before it can pass for a torn one.
 *
 * Two processes must not open one journal; the gateway lets only one of them in.
 */
import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { err, ok, type Refusal, type Result, refusal, sha256Hex } from '@holdfast/shared/values'
import { compact, type JournalEntry } from './session/journal-entry.ts'

export interface Journal {
  /** What was durable when it was opened. */
  readonly entries: readonly JournalEntry[]
  /** Never rejects: on a disk that is full or fails it tries again, and says so by `onTrouble`. */
  append(entry: JournalEntry): Promise<void>
  onTrouble(listener: (message: string) => void): void
  /** Waits for what can be written; what can't was never confirmed. */
  close(): Promise<void>
}

/** Forgets with the process: for tests, and for agents whose work may be lost. */
export const memoryJournal = (entries: readonly JournalEntry[] = []): Journal => ({
  entries,
  append: async () => {},
  onTrouble: () => {},
  close: async () => {},
})

/** Compacts when this many entries came since the last time. */
const COMPACT_AFTER = 2000

const RETRY_MS = 1000

export const openJournal = async (path: string): Promise<Result<Journal, Refusal>> => {
  const read = await readEntries(path)
  if (!read.ok) return read
  const entries = compact(read.value)
  return ok(new FileJournal(path, await replaceFile(path, entries), entries))
}

interface Waiting {
  readonly entry: JournalEntry
  readonly confirm: () => void
}

class FileJournal implements Journal {
  readonly entries: readonly JournalEntry[]
  readonly #path: string
  readonly #waiting: Waiting[] = []
  #file: FileHandle
  #length: number
  #sinceCompact = 0
  /** A file was renamed into place and its folder is not durable yet: nothing is confirmed before it is. */
  #folderDirty = true
  #draining: Promise<void> | undefined
  #closing = false
  #trouble: (message: string) => void = () => {}

  constructor(path: string, file: FileHandle, entries: readonly JournalEntry[]) {
    this.#path = path
    this.#file = file
    this.entries = entries
    this.#length = compactedText(entries).length
  }

  onTrouble(listener: (message: string) => void): void {
    this.#trouble = listener
  }

  append(entry: JournalEntry): Promise<void> {
    return new Promise((confirm) => {
      this.#waiting.push({ entry, confirm })
      this.#draining ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        await this.#writeWaiting()
      } catch (error) {
        this.#trouble(error instanceof Error ? error.message : String(error))
        if (this.#closing) break
        await setTimeout(RETRY_MS)
      }
    }
    this.#draining = undefined
  }

  async #writeWaiting(): Promise<void> {
    if (this.#sinceCompact >= COMPACT_AFTER) await this.#compact()
    const batch = [...this.#waiting]
    const line = lineOf(batch.map(({ entry }) => entry))
    // At the known end: a try that failed half-way is written over, so it can't become a damaged middle.
    await this.#file.truncate(this.#length)
    const { bytesWritten } = await this.#file.write(line, 0, line.length, this.#length)
    if (bytesWritten < line.length) throw new Error('The disk took only a part of the line.')
    await this.#file.datasync()
    if (this.#folderDirty) await syncFolder(dirname(this.#path))
    this.#folderDirty = false
    this.#length += line.length
    this.#sinceCompact += batch.length
    this.#waiting.splice(0, batch.length)
    for (const { confirm } of batch) confirm()
  }

  async #compact(): Promise<void> {
    const read = await readEntries(this.#path)
    if (!read.ok) throw new Error(read.error.message)
    const entries = compact(read.value)
    const old = this.#file
    this.#file = await replaceFile(this.#path, entries)
    this.#length = compactedText(entries).length
    this.#sinceCompact = 0
    this.#folderDirty = true
    await old.close()
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#draining
    await this.#file.close()
  }
}

const lineOf = (entries: readonly JournalEntry[]): Buffer => {
  const json = JSON.stringify(entries)
  return Buffer.from(`${sumOf(json)} ${json.length} ${json}\n`)
}

const compactedText = (entries: readonly JournalEntry[]): Buffer => Buffer.concat([...entries.map((entry) => lineOf([entry])), lineOf([])])

const sumOf = (json: string): string => sha256Hex(json).slice(0, 16)

const readEntries = async (path: string): Promise<Result<readonly JournalEntry[], Refusal>> => {
  const lines = (await readText(path)).split('\n').filter((line) => line !== '')
  const entries: JournalEntry[] = []
  for (const [index, line] of lines.entries()) {
    const read = entriesOf(line)
    if (read.ok) entries.push(...read.value)
    else if (read.error === 'overlong' || index < lines.length - 1) return err(damaged(path, index + 1))
  }
  return ok(entries)
}

/** A torn line is never longer than it says; one that is has swallowed its neighbour through a damaged line break. */
const entriesOf = (line: string): Result<readonly JournalEntry[], 'unsound' | 'overlong'> => {
  const found = /^([0-9a-f]{16}) (\d+) (.*)$/.exec(line)
  if (found === null) return err('unsound')
  const [, sum, length, json = ''] = found
  if (sumOf(json) === sum && json.length === Number(length)) return ok(JSON.parse(json))
  return err(json.length > Number(length) ? 'overlong' : 'unsound')
}

const damaged = (path: string, line: number): Refusal =>
  refusal('ask-person', 'journal-damaged', `Line ${line} of ${path} is damaged; what it held may have been promised to the gateway.`)

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

const replaceFile = async (path: string, entries: readonly JournalEntry[]): Promise<FileHandle> => {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(compactedText(entries))
    await file.datasync()
    await rename(`${path}.new`, path)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** A rename is durable only when its folder is. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
