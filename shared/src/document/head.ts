/**
 * The head of a log's hash chain (D6): head₀ = 32 zero bytes, head′ = SHA-256(head ‖ UTF-8 of the element's canonical JSON), over every
 * element that counts, openers included. Only heads are kept; the chain is computed again to verify.
 */
import { bytesToHex, sha256Behind } from '../values/hash.ts'
import { canonicalJson, type Json } from '../values/json.ts'

export const ZERO_HEAD: Uint8Array = new Uint8Array(32)

export const advanceHead = (head: Uint8Array, elements: readonly Json[]): Uint8Array => {
  let next = head
  for (const element of elements) next = sha256Behind(next, canonicalJson(element))
  return next
}

export const headHex = (head: Uint8Array): string => bytesToHex(head)
