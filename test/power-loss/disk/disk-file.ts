/**
 * One file on a disk that can lose power.
 *
 *   write ──▶ written: what programs read back at once
 *                │ sync
 *                ▼
 *             kept: what the disk surely holds
 *
 * Between two syncs every sector has a past: each content it has had, and when. A power cut leaves a sector as any one of them, whatever
 * became of its neighbours, and the length likewise; so writes are dropped, torn and reordered freely, but never across a sync. Only what
 * a truncation parts stays apart: it is one change of the directory of blocks, and what is written behind it goes into other blocks.
 */
import { Bytes } from './bytes.ts'
import type { Tear } from './tear.ts'

export const SECTOR_BYTES = 512

export interface SectorState {
  /** The disk's operation that left it so. */
  readonly at: number
  readonly bytes: Uint8Array
}

export interface SizeState {
  readonly at: number
  readonly size: number
  readonly isTruncation: boolean
}

export class DiskFile {
  readonly #written: Bytes
  readonly #kept: Bytes
  #past = new Map<number, SectorState[]>()
  #sizes: SizeState[] = []

  constructor(content = new Uint8Array(0)) {
    this.#written = new Bytes(content)
    this.#kept = new Bytes(content)
  }

  get size(): number {
    return this.#written.size
  }

  /** Sectors with a past. */
  get unsynced(): number {
    return this.#past.size
  }

  /** @returns how many bytes were there to read */
  read(into: Uint8Array, from: number): number {
    return this.#written.read(into, from)
  }

  write(bytes: Uint8Array, from: number, at: number): void {
    const end = from + bytes.length
    this.#changing(Math.min(from, this.size), end, () => this.#written.write(bytes, from), at)
  }

  /** Of what is cut off nothing is overwritten, save the rest of the sector in which the end now is. */
  truncate(size: number, at: number): void {
    const isShorter = size < this.size
    this.#changing(isShorter ? size : this.size, size + 1, () => this.#written.resize(size), at)
  }

  sync(): void {
    this.syncInPart(() => true)
  }

  /**
   * What a kernel does when a sync fails: some of it was written, the rest is marked clean, and no later sync will write it. Programs
   * go on reading what is not there.
   */
  syncInPart(isKept: () => boolean): void {
    for (const { size } of this.#sizes) this.#kept.resize(size)
    for (const sector of this.#past.keys()) if (isKept()) this.#keep(sector)
    this.#kept.resize(this.size)
    this.#past = new Map()
    this.#sizes = []
  }

  /** The file as it is found when the power is back. */
  survive(tear: Tear): DiskFile {
    const image = new Bytes(this.#kept.copy())
    const reached = tear.reached(this.#sizes)
    for (const { size } of this.#sizes.slice(0, reached)) image.resize(size)
    const { size } = image
    for (const [sector, past] of this.#past) {
      const from = sector * SECTOR_BYTES
      const isReachable = this.#between(from, reached)
      image.write(tear.sector(image.slice(from, SECTOR_BYTES), past.filter(isReachable)), from)
    }
    image.resize(size)
    tear.garble([...this.#past.keys()], image)
    return new DiskFile(image.copy())
  }

  /** Which states of the sector that begins there belong to the blocks that the file has after so many changes of its size. */
  #between(from: number, reached: number): (state: SectorState) => boolean {
    const cuts = this.#sizes.map((change, index) => ({ ...change, isReached: index < reached })).filter(({ size }) => size <= from)
    const since = cuts.findLast(({ isReached, isTruncation }) => isReached && isTruncation)?.at ?? 0
    const until = cuts.find(({ isReached, isTruncation }) => !isReached && isTruncation)?.at ?? Number.POSITIVE_INFINITY
    return ({ at }) => at > since && at < until
  }

  #keep(sector: number): void {
    this.#kept.write(this.#written.slice(sector * SECTOR_BYTES, SECTOR_BYTES), sector * SECTOR_BYTES)
  }

  #changing(from: number, end: number, change: () => void, at: number): void {
    const before = this.size
    change()
    if (this.size !== before) this.#sizes.push({ at, size: this.size, isTruncation: this.size < before })
    for (let sector = Math.floor(from / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector += 1) {
      const past = this.#past.get(sector) ?? []
      past.push({ at, bytes: this.#written.slice(sector * SECTOR_BYTES, SECTOR_BYTES) })
      this.#past.set(sector, past)
    }
  }
}
