/**
 * An agent's memory on disk: one JSON line an entry, each with the start of its SHA-256.
 *
 *   J1  `append` resolves only after fsync; entries become durable in the order they were given.
 *   J2  A torn last line (a crash in the middle of a write) is dropped when opening; it was never confirmed.
 *   J3  A damaged line with sound ones after it is no crash's doing: opening refuses, and a person decides.
 *   J4  Compacting replaces the file in one rename, so a crash leaves the old or the new one.
 *
 * Waiting entries share one fsync. Two processes must not open one journal; the gateway lets only one of them in.
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
    this.#length = textOf(entries).length
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
    const text = textOf(batch.map(({ entry }) => entry))
    // At the known end: a try that failed half-way is written over, so it can't become a damaged middle.
    await this.#file.truncate(this.#length)
    await this.#file.write(text, 0, text.length, this.#length)
    await this.#file.datasync()
    if (this.#folderDirty) await syncFolder(dirname(this.#path))
    this.#folderDirty = false
    this.#length += text.length
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
    this.#length = textOf(entries).length
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

const textOf = (entries: readonly JournalEntry[]): Buffer => Buffer.from(entries.map(lineOf).join(''))

const lineOf = (entry: JournalEntry): string => {
  const json = JSON.stringify(entry)
  return `${sumOf(json)} ${json}\n`
}

const sumOf = (json: string): string => sha256Hex(json).slice(0, 16)

const readEntries = async (path: string): Promise<Result<readonly JournalEntry[], Refusal>> => {
  const lines = (await readText(path)).split('\n')
  const entries: JournalEntry[] = []
  for (const [index, line] of lines.entries()) {
    const entry = entryOf(line)
    if (entry !== undefined) entries.push(entry)
    else if (lines.slice(index + 1).some((later) => later !== '')) return err(damaged(path, index + 1))
  }
  return ok(entries)
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

const entryOf = (line: string): JournalEntry | undefined => {
  const json = line.slice(17)
  return sumOf(json) === line.slice(0, 16) ? JSON.parse(json) : undefined
}

const replaceFile = async (path: string, entries: readonly JournalEntry[]): Promise<FileHandle> => {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.write(textOf(entries))
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
