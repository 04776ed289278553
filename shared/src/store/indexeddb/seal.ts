/** The seals of `store/seal.ts` over what the browser keeps: its own checksums end where a large value becomes a file of its own. */
import { sealsBy } from '../seal.ts'
import { crc32 } from './crc32.ts'

export { assertSeal, corrupt } from '../seal.ts'

export const { sealOfUpdate, sealOfRow, sealOfMeta } = sealsBy(crc32)

export const sealOfDocument = (id: string, home: string): number => crc32(`${id}\0${home}`)
