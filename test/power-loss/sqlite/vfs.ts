/** The simulated disks as SQLite sees them: `sqlite3_vfs`, registered for the life of the process. */
import type { Prng } from '@holdfast/shared/testing'
import type { Sqlite3Static, WasmPointer } from '@sqlite.org/sqlite-wasm'
import type { Mounts } from './mounts.ts'
import { OpenFiles, resultOf } from './open-files.ts'

export const VFS_NAME = 'simulated'

const MAX_PATH = 512

/** `sizeof(sqlite3_file)`: one pointer. */
const FILE_BYTES = 4

/** @param random what SQLite draws its salts from */
export const installVfs = (sqlite: Sqlite3Static, mounts: Mounts, random: () => Prng): void => {
  const { capi, vfs, wasm } = sqlite
  const files = new OpenFiles(sqlite)
  const io = new capi.sqlite3_io_methods()
  io.installMethods({ ...files.methods })
  // Its version, the first member: no shared memory, no memory maps.
  wasm.poke32(io.pointer, 1)
  const struct = new capi.sqlite3_vfs()
  struct.$iVersion = 1
  struct.$szOsFile = FILE_BYTES
  struct.$mxPathname = MAX_PATH
  struct.installMethods({
    ...nameMethods(sqlite, mounts),
    xOpen: opener(sqlite, mounts, files, io.pointer),
    ...worldMethods(sqlite, random),
  })
  vfs.installVfs({ vfs: { struct, methods: {}, name: VFS_NAME } })
}

const opener =
  (sqlite: Sqlite3Static, mounts: Mounts, files: OpenFiles, methods: WasmPointer) =>
  (_vfs: WasmPointer, name: WasmPointer, pointer: WasmPointer, flags: number, flagsOut: WasmPointer): number => {
    const { capi, wasm } = sqlite
    return resultOf(sqlite, capi.SQLITE_CANTOPEN, () => {
      const path = wasm.cstrToJs(name) ?? ''
      const disk = mounts.of(path)
      const found = disk.file(path)
      if (found === undefined && (flags & capi.SQLITE_OPEN_CREATE) === 0) return capi.SQLITE_CANTOPEN
      files.add(pointer, {
        disk,
        file: found ?? disk.create(path),
        isPowersafe: capi.sqlite3_uri_boolean(name, 'psow', 1) !== 0,
        isNameUnsynced: found === undefined && (flags & (capi.SQLITE_OPEN_WAL | capi.SQLITE_OPEN_MAIN_JOURNAL)) !== 0,
      })
      wasm.pokePtr(pointer, methods)
      if (flagsOut !== 0) wasm.poke32(flagsOut, flags)
      return 0
    })
  }

const nameMethods = (sqlite: Sqlite3Static, mounts: Mounts) => {
  const { capi, wasm } = sqlite
  const textOf = (name: WasmPointer): string => wasm.cstrToJs(name) ?? ''
  return {
    xDelete: (_vfs: WasmPointer, name: WasmPointer, isSynced: number): number =>
      resultOf(sqlite, capi.SQLITE_IOERR_DELETE, () => {
        const disk = mounts.of(textOf(name))
        disk.assertOn()
        if (disk.file(textOf(name)) === undefined) return capi.SQLITE_IOERR_DELETE_NOENT
        disk.delete(textOf(name))
        if (isSynced !== 0) disk.syncNames()
        return 0
      }),
    /** An empty file counts as none, as it does for the Unix VFS. */
    xAccess: (_vfs: WasmPointer, name: WasmPointer, _flags: number, into: WasmPointer): number => {
      wasm.poke32(into, (mounts.of(textOf(name)).file(textOf(name))?.size ?? 0) > 0 ? 1 : 0)
      return 0
    },
    xFullPathname: (_vfs: WasmPointer, name: WasmPointer, length: number, into: WasmPointer): number =>
      wasm.cstrncpy(into, name, length) < length ? 0 : capi.SQLITE_CANTOPEN,
  }
}

const worldMethods = ({ wasm }: Sqlite3Static, random: () => Prng) => ({
  xRandomness: (_vfs: WasmPointer, length: number, into: WasmPointer): number => {
    const prng = random()
    for (let index = 0; index < length; index += 1) wasm.poke8(into + index, prng.between(0, 255))
    return length
  },
  xSleep: (_vfs: WasmPointer, microseconds: number): number => microseconds,
  xCurrentTime: (_vfs: WasmPointer, into: WasmPointer): number => {
    wasm.poke64f(into, 0)
    return 0
  },
  xGetLastError: (_vfs: WasmPointer, _length: number, _into: WasmPointer): number => 0,
})
