import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

export const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)))

const blank = sha256.create()
const work = sha256.create()

/** SHA-256 of bytes and the text behind them. Works in the same memory each time: a turn makes many, each of few bytes. */
export const sha256Behind = (bytes: Uint8Array, text: string): Uint8Array => {
  const digest = new Uint8Array(work.outputLen)
  blank._cloneInto(work)
  work.update(bytes).update(utf8ToBytes(text)).digestInto(digest)
  return digest
}

export { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
