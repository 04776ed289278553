/**
 * What SQLite does with an open file, on a simulated disk: `sqlite3_io_methods`.
 *
 * As SQLite's own for Unix, it syncs the directory at the first sync of a journal or WAL that it has made, and claims that a write
 * leaves the rest of its sector alone unless the URI says `psow=0`. Locks always succeed: a disk has one process at a time.
 */
import type { Sqlite3Static, WasmPointer } from '@sqlite.org/sqlite-wasm'
import { type Disk, DiskFault } from '../disk/disk.ts'
import type { DiskFile } from '../disk/disk-file.ts'

/** As the Unix VFS says of every disk. */
const SECTOR_SIZE_SAID = 4_096

export interface OpenFile {
  readonly disk: Disk
  readonly file: DiskFile
  readonly isPowersafe: boolean
  /** Its name is not safe yet: the first sync sees to it. */
  isNameUnsynced: boolean
}

export class OpenFiles {
  readonly #sqlite: Sqlite3Static
  readonly #files = new Map<WasmPointer, OpenFile>()

  constructor(sqlite: Sqlite3Static) {
    this.#sqlite = sqlite
  }

  add(pointer: WasmPointer, file: OpenFile): void {
    this.#files.set(pointer, file)
  }

  get methods() {
    const { capi, wasm } = this.#sqlite
    return {
      xClose: (pointer: WasmPointer): number => {
        this.#files.delete(pointer)
        return 0
      },
      xRead: (pointer: WasmPointer, into: WasmPointer, length: number, from: bigint): number =>
        this.#do(pointer, capi.SQLITE_IOERR_READ, ({ disk, file }) => {
          disk.assertOn()
          return file.read(this.#heap(into, length), Number(from)) < length ? capi.SQLITE_IOERR_SHORT_READ : 0
        }),
      xWrite: (pointer: WasmPointer, bytes: WasmPointer, length: number, from: bigint): number =>
        this.#do(pointer, capi.SQLITE_IOERR_WRITE, ({ disk, file }) => {
          disk.write(file, this.#heap(bytes, length), Number(from))
          return 0
        }),
      xTruncate: (pointer: WasmPointer, size: bigint): number =>
        this.#do(pointer, capi.SQLITE_IOERR_TRUNCATE, ({ disk, file }) => {
          disk.truncate(file, Number(size))
          return 0
        }),
      xSync: (pointer: WasmPointer, _flags: number): number => this.#do(pointer, capi.SQLITE_IOERR_FSYNC, sync),
      xFileSize: (pointer: WasmPointer, into: WasmPointer): number =>
        this.#do(pointer, capi.SQLITE_IOERR_FSTAT, ({ file }) => {
          wasm.poke64(into, BigInt(file.size))
          return 0
        }),
      xLock: (_pointer: WasmPointer, _level: number): number => 0,
      xUnlock: (_pointer: WasmPointer, _level: number): number => 0,
      xCheckReservedLock: (_pointer: WasmPointer, into: WasmPointer): number => {
        wasm.poke32(into, 0)
        return 0
      },
      xFileControl: (_pointer: WasmPointer, _what: number, _argument: WasmPointer): number => capi.SQLITE_NOTFOUND,
      xSectorSize: (_pointer: WasmPointer): number => SECTOR_SIZE_SAID,
      xDeviceCharacteristics: (pointer: WasmPointer): number =>
        this.#files.get(pointer)?.isPowersafe ? capi.SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0,
    }
  }

  #do(pointer: WasmPointer, failure: number, work: (file: OpenFile) => number): number {
    const file = this.#files.get(pointer)
    if (file === undefined) throw new TypeError('a file that is not open')
    return resultOf(this.#sqlite, failure, () => work(file))
  }

  #heap(from: WasmPointer, length: number): Uint8Array {
    return this.#sqlite.wasm.heap8u().subarray(from, from + length)
  }
}

/** What the disk says, in SQLite's codes. */
export const resultOf = ({ capi }: Sqlite3Static, failure: number, work: () => number): number => {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof DiskFault)) throw thrown
    return thrown.kind === 'full' ? capi.SQLITE_FULL : failure
  }
}

const sync = (open: OpenFile): number => {
  open.disk.sync(open.file)
  if (open.isNameUnsynced) open.disk.syncNames()
  open.isNameUnsynced = false
  return 0
}
