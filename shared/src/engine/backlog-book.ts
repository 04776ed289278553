/**
 * What each child of a hub lacks of each home's feed: counted as the feed grows, whether the child is there or not, and less what it
 * has acknowledged. Known again after a restart by `acknowledged-rows.ts`.
 */
import { acknowledge, type Backlog, clear, emptyBacklog, grow, oldestIn, pendingIn, restart } from '../link/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { AcknowledgedRows } from './acknowledged-rows.ts'

interface Reader {
  readonly node: string
  readonly homes: readonly string[]
}

interface Growth {
  readonly home: string
  readonly end: number
  readonly count: number
}

export class BacklogBook {
  readonly #rows: AcknowledgedRows
  readonly #clock: Clock
  /** By node, then by home. */
  readonly #backlogs = new Map<string, Map<string, Backlog>>()

  constructor(store: Store, clock: Clock) {
    this.#rows = new AcknowledgedRows(store, clock)
    this.#clock = clock
  }

  static async open(store: Store, clock: Clock, readers: readonly Reader[]): Promise<BacklogBook> {
    const book = new BacklogBook(store, clock)
    for (const { node, homes } of readers) {
      for (const home of homes) book.#set(node, home, await book.#rows.backlogOf(node, home))
    }
    return book
  }

  grew(node: string, { home, end, count }: Growth): void {
    this.#change(node, home, (backlog) => grow(backlog, { end, count, at: this.#clock.now().wall }))
  }

  acknowledged(node: string, home: string, sequence: number): void {
    this.#change(node, home, (backlog) => acknowledge(backlog, sequence, this.#clock.now().wall))
    this.#rows.note(node, home, sequence)
  }

  rolledBack(node: string, home: string, end: number): void {
    this.#set(node, home, restart(end, this.#clock.now().wall))
  }

  /** @param settled up to where of a home's feed the node is known to lack nothing, though it acknowledged less */
  of(node: string, wall: number, settled: (home: string) => number | undefined): { pending: number; oldestMs: number | undefined } {
    const open = [...(this.#backlogs.get(node) ?? [])].map(([home, backlog]) => clear(backlog, settled(home) ?? 0))
    const oldest = open.flatMap((backlog) => oldestIn(backlog) ?? [])
    return {
      pending: open.reduce((sum, backlog) => sum + pendingIn(backlog), 0),
      oldestMs: oldest.length === 0 ? undefined : Math.max(0, wall - Math.min(...oldest)),
    }
  }

  #change(node: string, home: string, change: (backlog: Backlog) => Backlog): void {
    this.#set(node, home, change(this.#backlogs.get(node)?.get(home) ?? emptyBacklog))
  }

  #set(node: string, home: string, backlog: Backlog): void {
    const own = this.#backlogs.get(node) ?? new Map<string, Backlog>()
    this.#backlogs.set(node, own.set(home, backlog))
  }
}
