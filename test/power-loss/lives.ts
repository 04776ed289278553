/**
 * One disk, several lives of a store on it, each ended by a power cut: somewhere among its commits, while it closes, or while it is
 * still recovering from the cut before.
 *
 *   power on ─▶ open, recover ─▶ everything acknowledged is there ─▶ commits, checkpoints, failed syncs, a full disk ─▶ cut ─▶ power on …
 *                    └──────────────────────── cut ────────────────────────┴────────────────────────────────────────┘
 */
import { type Store, StoreFailure } from '@holdfast/shared/ports'
import { openSqliteStore, type SqliteHost } from '@holdfast/shared/store/sqlite'
import { Prng } from '@holdfast/shared/testing'
import { Disk, type DiskHabits, GOOD_HABITS } from './disk/disk.ts'
import { Expected } from './expected.ts'
import { imageOf, SCHEMAS } from './image.ts'
import type { Plant } from './planted.ts'
import type { SimulatedSqlite } from './sqlite/wasm-database.ts'
import type { Tally } from './tally.ts'
import { Workload } from './workload.ts'

export interface Seed {
  readonly seed: number
  readonly habits?: DiskHabits
  /** What a planted fault puts between the store and SQLite. */
  readonly plant?: Plant
}

const LIVES = 5
/** Lives that end with the process only: what was written stays, and what was not synced stays unsynced. */
const KILL_SHARE = 0.2
const YOUNG_KILL_SHARE = 0.5
const COMMITS_IN_A_LIFE = 25
const CHECKPOINT_PAGES = [4, 16, 64, 4_000] as const
/** Operations of the disk: about what opening takes, and about what a life takes. */
const SOON = 40
const SOON_SHARE = 0.3
/** Bytes that a full disk still takes: enough for some writes of a commit, or for all but the last. */
const ROOM_LEFT = 30_000
const LATE = 700

export const runLives = async (sqlite: SimulatedSqlite, { seed, habits = GOOD_HABITS, plant }: Seed, tally: Tally): Promise<void> => {
  const prng = new Prng(seed)
  const disk = new Disk(prng.stream('disk'), habits)
  await sqlite.withDisk(disk, prng, async (folder) => {
    const host = plant === undefined ? sqlite : plant(sqlite)
    const lives = new Lives(disk, `${folder}/store.db`, host, prng, tally)
    for (let life = 0; life < LIVES; life += 1) await lives.liveAndDie()
    await lives.lookOnce()
  })
}

class Lives {
  readonly #disk: Disk
  readonly #prng: Prng
  readonly #tally: Tally
  readonly #workload: Workload
  readonly #expected = new Expected()
  readonly #open: () => Store
  /** What syncs and capacity do in this seed. */
  readonly #failingSyncs: number
  readonly #isTight: boolean

  constructor(disk: Disk, path: string, host: SqliteHost, prng: Prng, tally: Tally) {
    this.#disk = disk
    this.#prng = prng
    this.#tally = tally
    this.#workload = new Workload(prng.stream('workload'))
    const session = { host, checkpointPages: prng.pick(CHECKPOINT_PAGES) }
    const random = prng.stream('generation')
    this.#open = () => openSqliteStore({ path, schemas: SCHEMAS, random, session })
    this.#failingSyncs = prng.pick([0, 0, 0.03, 0.1])
    this.#isTight = prng.chance(0.25)
  }

  async liveAndDie(): Promise<void> {
    const isSoon = this.#prng.chance(SOON_SHARE)
    this.#disk.cutAfter(this.#prng.between(1, isSoon ? SOON : LATE))
    await this.#live()
    this.#disk.capacity = Number.POSITIVE_INFINITY
    if (this.#prng.chance(isSoon ? YOUNG_KILL_SHARE : KILL_SHARE)) this.#wake()
    else this.#tally.cut(this.#disk.powerOn())
  }

  #wake(): void {
    this.#disk.goOn()
    this.#tally.kills += 1
  }

  async lookOnce(): Promise<void> {
    const store = await this.#begin()
    await store?.close()
  }

  async #live(): Promise<void> {
    const store = await this.#begin()
    if (store === undefined) return
    for (let count = 0; count < COMMITS_IN_A_LIFE && !this.#disk.isOff; count += 1) {
      if (!(await this.#commit(store))) break
    }
    if (this.#disk.isOff) this.#tally.endings.running += 1
    else this.#tally.endings.closing += 1
    await store.close()
  }

  /** Opens the store and looks at all of it. */
  async #begin(): Promise<Store | undefined> {
    this.#tally.images += 1
    try {
      const store = this.#open()
      if (await this.#judge(store)) return store
      await store.close()
    } catch (thrown) {
      if (this.#disk.isOff) this.#tally.endings.opening += 1
      else this.#tally.refused(String(thrown instanceof StoreFailure ? JSON.stringify(thrown.reason) : thrown))
    }
    return undefined
  }

  /** @returns whether the store can be used on */
  async #judge(store: Store): Promise<boolean> {
    const verdict = await this.#expected.judge(await imageOf(store))
    this.#tally.verdict(verdict)
    if (verdict.found === 'short') await this.#expected.forgetAfter(this.#expected.commits - verdict.lost)
    return verdict.found !== 'mixed'
  }

  /** @returns whether the life goes on */
  async #commit(store: Store): Promise<boolean> {
    if (this.#prng.chance(this.#failingSyncs)) this.#disk.failSyncs(this.#prng.between(1, 3))
    this.#disk.capacity =
      this.#isTight && this.#prng.chance(0.2) ? this.#disk.used + this.#prng.between(0, ROOM_LEFT) : Number.POSITIVE_INFINITY
    const batch = this.#workload.next()
    const result = await store.commit(batch)
    if (result.ok) {
      await this.#expected.acknowledged(batch)
      this.#tally.acknowledged += 1
      return true
    }
    this.#tally.refusal(result.error.code)
    if (result.error.code === 'disk-full') {
      // What was refused must not come back, least of all before anything has been written over it.
      if (this.#prng.chance(0.3)) this.#disk.cutAfter(1)
      return true
    }
    this.#expected.unheard(batch)
    return !this.#disk.isOff && result.error.code === 'unknown-outcome' && this.#lookAgain(store)
  }

  /** After an unknown outcome: what the store shows now counts as kept, for others may have been told of it (S7). */
  async #lookAgain(store: Store): Promise<boolean> {
    try {
      return await this.#judge(store)
    } catch (thrown) {
      if (thrown instanceof StoreFailure && thrown.reason.code === 'closed') return false
      throw thrown
    }
  }
}
