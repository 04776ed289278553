/** Bytes that grow. What lies past the end reads as zeros, also after the end has moved there and back. */
export class Bytes {
  #buffer: Uint8Array
  #size: number

  constructor(content: Uint8Array) {
    this.#buffer = content.slice()
    this.#size = content.length
  }

  get size(): number {
    return this.#size
  }

  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.subarray(0, this.#size))
  }

  /** Always that long. */
  slice(from: number, length: number): Uint8Array {
    const found = new Uint8Array(length)
    this.read(found, from)
    return found
  }

  read(into: Uint8Array, from: number): number {
    const found = this.#buffer.subarray(Math.min(from, this.#size), Math.min(from + into.length, this.#size))
    into.set(found)
    into.fill(0, found.length)
    return found.length
  }

  write(bytes: Uint8Array, from: number): void {
    if (from + bytes.length > this.#size) this.resize(from + bytes.length)
    this.#buffer.set(bytes, from)
  }

  resize(size: number): void {
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, this.#buffer.length * 2))
      larger.set(this.#buffer.subarray(0, this.#size))
      this.#buffer = larger
    }
    if (size < this.#size) this.#buffer.fill(0, size, this.#size)
    this.#size = size
  }
}
