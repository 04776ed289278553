/**
 * A disk that can lose power, fail to sync, lie about it, and be full. One directory; its names, too, are safe only once synced.
 *
 *   running ──cutAt──▶ off: every operation fails, nothing changes any more ──powerOn──▶ running, on the image that the cut left
 *
 * The operation in the middle of which the power goes has begun: its effects may be found, in part.
 */
import type { Prng } from '@holdfast/shared/testing'
import { DiskFile } from './disk-file.ts'
import { Tear, type Torn } from './tear.ts'

export class DiskFault extends Error {
  readonly kind: 'off' | 'io' | 'full'
  constructor(kind: DiskFault['kind']) {
    super(`the disk: ${kind}`)
    this.name = 'DiskFault'
    this.kind = kind
  }
}

export interface DiskHabits {
  /** Says that it has synced, and has not. */
  readonly isLying: boolean
  /** Garbles some of what it was writing when the power goes. */
  readonly isGarbling: boolean
}

export const GOOD_HABITS: DiskHabits = { isLying: false, isGarbling: true }

interface NameState {
  readonly at: number
  readonly file: DiskFile | undefined
}

export class Disk {
  readonly #prng: Prng
  readonly #habits: DiskHabits
  #names = new Map<string, DiskFile>()
  #keptNames = new Map<string, DiskFile>()
  #namesPast = new Map<string, NameState[]>()
  #operations = 0
  #cutAt = Number.POSITIVE_INFINITY
  #isOff = false
  #syncsToFail = 0
  capacity = Number.POSITIVE_INFINITY
  syncs = 0

  constructor(prng: Prng, habits: DiskHabits = GOOD_HABITS) {
    this.#prng = prng
    this.#habits = habits
  }

  get isOff(): boolean {
    return this.#isOff
  }

  get operations(): number {
    return this.#operations
  }

  get used(): number {
    return [...this.#names.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** The power goes within the n-th operation from now. */
  cutAfter(operations: number): void {
    this.#cutAt = this.#operations + operations
  }

  failSyncs(count: number): void {
    this.#syncsToFail = count
  }

  file(name: string): DiskFile | undefined {
    return this.#names.get(name)
  }

  create(name: string): DiskFile {
    const file = new DiskFile()
    this.#change(() => this.#rename(name, file))
    return file
  }

  write(file: DiskFile, bytes: Uint8Array, from: number): void {
    this.#change(() => {
      const growth = Math.max(0, from + bytes.length - file.size)
      if (growth > 0 && this.used + growth > this.capacity) throw new DiskFault('full')
      file.write(bytes, from, this.#operations)
    })
  }

  truncate(file: DiskFile, size: number): void {
    this.#change(() => file.truncate(size, this.#operations))
  }

  delete(name: string): void {
    this.#change(() => this.#rename(name, undefined))
  }

  /** The power may go during a sync: then it has synced nothing for sure. */
  sync(file: DiskFile): void {
    this.#change(() => undefined)
    this.syncs += 1
    if (this.#syncsToFail > 0) {
      this.#syncsToFail -= 1
      file.syncInPart(() => this.#prng.chance(0.5))
      throw new DiskFault('io')
    }
    if (!this.#habits.isLying) file.sync()
  }

  syncNames(): void {
    this.#change(() => undefined)
    if (this.#habits.isLying) return
    this.#keptNames = new Map(this.#names)
    this.#namesPast = new Map()
  }

  /** Cuts the power if it is still on, and finds what is left. */
  powerOn(): Torn {
    const tear = new Tear(this.#prng, this.#operations, this.#habits.isGarbling)
    const names = new Set([...this.#keptNames.keys(), ...this.#namesPast.keys()])
    const found = new Map<string, DiskFile>()
    for (const name of names) {
      const file = tear.name(this.#keptNames.get(name), this.#namesPast.get(name) ?? [])?.survive(tear)
      if (file !== undefined) found.set(name, file)
    }
    this.#names = found
    this.#keptNames = new Map(found)
    this.#namesPast = new Map()
    this.#isOff = false
    this.#syncsToFail = 0
    this.#cutAt = Number.POSITIVE_INFINITY
    return tear.seen
  }

  /** Only the process died: what it has written is there for the next one, and as unsynced as it was. */
  goOn(): void {
    this.#isOff = false
    this.#syncsToFail = 0
    this.#cutAt = Number.POSITIVE_INFINITY
  }

  assertOn(): void {
    if (this.#isOff) throw new DiskFault('off')
  }

  #change(effect: () => void): void {
    this.assertOn()
    this.#operations += 1
    effect()
    if (this.#operations < this.#cutAt) return
    this.#isOff = true
    throw new DiskFault('off')
  }

  #rename(name: string, file: DiskFile | undefined): void {
    if (file === undefined) this.#names.delete(name)
    else this.#names.set(name, file)
    const past = this.#namesPast.get(name) ?? []
    past.push({ at: this.#operations, file })
    this.#namesPast.set(name, past)
  }
}
