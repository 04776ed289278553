/**
 * Reads hostile bytes: never past the end, never more than is there, whatever lengths they claim. Throws `Unreadable`, which only the
 * guard catches; an exception here because a reader that returned `Result` for every byte would cost more than the update.
 */
import { decodeUtf8 } from 'lib0/string'
import { type Refusal, refusal } from '../values/refusal.ts'

/** Carries a refusal out of the depth of a parse to `judgeUpdate`. */
export class Unreadable extends Error {
  readonly refusal: Refusal
  constructor(reason: Refusal) {
    super(reason.code)
    this.name = 'Unreadable'
    this.refusal = reason
  }
}

const GARBAGE = refusal('give-up', 'v2-or-garbage', 'The bytes are not a Yjs update of the V1 format.')

export const garbage = (): Unreadable => new Unreadable(GARBAGE)

export class ByteReader {
  readonly bytes: Uint8Array
  readonly #view: DataView
  position = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.position
  }

  byte(): number {
    const byte = this.bytes[this.position]
    if (byte === undefined) throw garbage()
    this.position += 1
    return byte
  }

  varUint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (value > Number.MAX_SAFE_INTEGER) throw garbage()
      if (byte < 128) return value
      if (factor > 2 ** 45) throw garbage()
    }
  }

  /** A count of things that take at least a byte each, so that no claimed length is ever believed. */
  count(): number {
    const count = this.varUint()
    if (count > this.left) throw garbage()
    return count
  }

  skipVarInt(): void {
    let value = 0
    let byte = this.byte()
    value = byte & 63
    for (let factor = 64; byte >= 128; factor *= 128) {
      if (factor > 2 ** 46) throw garbage()
      byte = this.byte()
      value += (byte & 127) * factor
    }
    if (value > Number.MAX_SAFE_INTEGER) throw garbage()
  }

  finiteFloat(width: 4 | 8): void {
    if (this.left < width) throw garbage()
    const value = width === 4 ? this.#view.getFloat32(this.position) : this.#view.getFloat64(this.position)
    if (!Number.isFinite(value)) throw new Unreadable(refusal('fix-request', 'bad-content', `${value} is not a JSON number.`))
    this.position += width
  }

  text(): string {
    const end = this.#textEnd()
    const bytes = this.bytes.subarray(this.position, end)
    this.position = end
    try {
      return decodeUtf8(bytes)
    } catch {
      throw garbage()
    }
  }

  /** Decodes only where a byte needs it: most texts are ASCII, and applying would throw half-way on the others. */
  skipText(): void {
    const start = this.position
    const end = this.#textEnd()
    while (this.position < end && (this.bytes[this.position] ?? 0) < 128) this.position += 1
    if (this.position === end) return
    this.position = start
    this.text()
  }

  #textEnd(): number {
    const length = this.varUint()
    if (length > this.left) throw garbage()
    return this.position + length
  }
}
