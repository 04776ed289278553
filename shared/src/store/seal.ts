/**
 * What makes a stored row trustworthy (S5): a CRC-32 over its place and its bytes, so a flipped bit is found, and so is a row that
 * stands where another should.
 *
 * It guards against failing disks, not against people; tampering is found by the hash chain of the log (D6).
 * Parts are joined by NUL, which none of them but a key can hold; what follows a key is JSON, which can't hold it either.
 */
import { StoreFailure } from '../ports/store.ts'

export interface UpdatePlace {
  readonly home: string
  readonly sequence: number
  readonly group: number
  readonly document: string
  /** The update is the document's n-th. */
  readonly version: number
  readonly origin: string
}

/** Text counts as its UTF-8 bytes; a seed goes on from there. */
type Crc32 = (data: string | Uint8Array, seed?: number) => number

/** The seals of what every adapter stores alike, by whichever checksum its platform computes fast. */
export const sealsBy = (crc32: Crc32) => ({
  sealOfUpdate: ({ home, sequence, group, document, version, origin }: UpdatePlace, update: Uint8Array): number =>
    crc32(update, crc32(`${home}\0${sequence}\0${group}\0${document}\0${version}\0${origin}\0`)),

  sealOfRow: (collection: string, key: string, text: string): number => crc32(`${collection}\0${key}\0${text}`),

  sealOfMeta: (generation: string, schemaVersion: number, commits: number): number => crc32(`${generation}\0${schemaVersion}\0${commits}`),
})

/** @param where the exact place, for the person who must look */
export const assertSeal = (found: number, computed: number, where: () => string): void => {
  if (found !== computed) throw corrupt(where(), 'the stored bytes do not match their checksum')
}

export const corrupt = (where: string, message: string): StoreFailure => new StoreFailure({ code: 'corrupt', where, message })
