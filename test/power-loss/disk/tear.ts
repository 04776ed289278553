/**
 * How one power cut treats what was not synced.
 *
 *   lost      nothing of it is there               kept     all of it is
 *   prefix    what was written before a moment     mixed    each sector as it happened to be at a moment of its own
 *
 * Besides, a sector may be torn (its first bytes of one moment, the rest of another), and a few of those that were being written are
 * garbled: noise, over a whole unit of the disk. A unit is one sector, or eight on disks that have 4 KiB sectors and don't say so; then
 * noise takes bytes with it that were synced long before.
 */
import type { Prng } from '@holdfast/shared/testing'
import type { Bytes } from './bytes.ts'
import { SECTOR_BYTES, type SectorState } from './disk-file.ts'

const STYLES = ['lost', 'kept', 'prefix', 'mixed', 'mixed', 'prefix'] as const
export type TearStyle = (typeof STYLES)[number]

const UNITS = [1, 8] as const
const TORN_SHARE = 0.05
const MAX_GARBLED = 2

/** What a cut did, for the report. */
export interface Torn {
  readonly style: TearStyle
  dropped: number
  torn: number
  garbled: number
  undoneNames: number
}

export class Tear {
  readonly seen: Torn
  readonly #prng: Prng
  readonly #moment: number
  readonly #sectorsInUnit: number
  #garbleLeft: number

  /** @param operations how many the disk has carried out: the moment of the cut */
  constructor(prng: Prng, operations: number, isGarbling: boolean) {
    this.#prng = prng
    this.seen = { style: prng.pick(STYLES), dropped: 0, torn: 0, garbled: 0, undoneNames: 0 }
    this.#moment = operations - prng.heavyTail(1, 200) + 1
    this.#sectorsInUnit = prng.pick(UNITS)
    this.#garbleLeft = isGarbling ? prng.between(0, MAX_GARBLED) : 0
  }

  /** Of a list of states since the last sync, how many came about; the last of those is what is found. */
  reached(past: readonly { readonly at: number }[]): number {
    const drawn = this.#prng.between(0, past.length)
    switch (this.seen.style) {
      case 'lost':
        return 0
      case 'kept':
        return past.length
      case 'prefix':
        return past.filter(({ at }) => at <= this.#moment).length
      case 'mixed':
        return drawn
    }
  }

  sector(kept: Uint8Array, past: readonly SectorState[]): Uint8Array {
    const reached = this.reached(past)
    if (reached < past.length) this.seen.dropped += 1
    const found = past[reached - 1]?.bytes ?? kept
    if (!this.#prng.chance(TORN_SHARE)) return found
    this.seen.torn += 1
    const other = past[this.#prng.between(0, past.length) - 1]?.bytes ?? kept
    const edge = this.#prng.between(1, SECTOR_BYTES - 1)
    return new Uint8Array([...found.subarray(0, edge), ...other.subarray(edge)])
  }

  /** A name that was given or taken away since the directory was synced. */
  name<T>(kept: T, past: readonly { readonly at: number; readonly file: T }[]): T {
    const reached = this.reached(past)
    if (reached < past.length) this.seen.undoneNames += 1
    const found = past[reached - 1]
    return found === undefined ? kept : found.file
  }

  /** @param unsynced the sectors that may have been under the head */
  garble(unsynced: readonly number[], image: Bytes): void {
    for (; this.#garbleLeft > 0 && unsynced.length > 0; this.#garbleLeft -= 1) {
      const unit = Math.floor(this.#prng.pick(unsynced) / this.#sectorsInUnit)
      const from = unit * this.#sectorsInUnit * SECTOR_BYTES
      const length = Math.min(this.#sectorsInUnit * SECTOR_BYTES, Math.max(0, image.size - from))
      image.write(
        Uint8Array.from({ length }, () => this.#prng.between(0, 255)),
        from,
      )
      this.seen.garbled += 1
    }
  }
}
