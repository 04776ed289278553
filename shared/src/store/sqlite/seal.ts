/** The seals of `store/seal.ts` over a file. SQLite's own `integrity_check` says "ok" to flipped payload bits. */
import { crc32 } from 'node:zlib'
import { sealsBy } from '../seal.ts'

export { assertSeal, corrupt, type UpdatePlace } from '../seal.ts'

export const { sealOfUpdate, sealOfRow, sealOfMeta } = sealsBy(crc32)

export const sealOfDocument = (number: number, id: string, home: string): number => crc32(`${number}\0${id}\0${home}`)

export const sealOfArchive = (number: number, packed: Uint8Array): number => crc32(packed, crc32(`archive\0${number}\0`))
