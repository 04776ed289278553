/** The store of a simulated node: what is in it survives a kill, and it keeps the promise that `exchange.ts` asks of a commit. */
import { refusal } from '../values/refusal.ts'
import type { FeedEntry, FeedUpdate, Refused, StreamInput, StreamOutput, UnnotedRefusal } from './exchange.ts'
import type { Cursor } from './messages/index.ts'
import type { Recall } from './streams.ts'

/** An update that begins with this byte is refused by every toy store. */
export const POISON = 0xff

type Commit = Extract<StreamOutput, { type: 'commit' }>
type CommitAnswer = Extract<StreamInput, { type: 'committed' | 'commit-failed' }>

export class ToyStore {
  generation: string
  readonly name: string
  readonly feed: FeedEntry[] = []
  /** The peer's updates that were accepted, in the order of their commits. */
  readonly received: FeedUpdate[] = []
  readonly unnoted: UnnotedRefusal[] = []
  /** Refusals by the peer that this side's user can see. */
  readonly rejected = new Set<number>()
  cursor: Cursor | undefined
  groups = 0

  constructor(name: string) {
    this.name = name
    this.generation = `${name}-generation`
  }

  write(origin: string, updates: readonly Uint8Array[]): number {
    this.groups += 1
    for (const update of updates) {
      this.feed.push({ sequence: this.feed.length + 1, group: this.groups, document: 'w_1', origin, update })
    }
    return updates.length
  }

  page(after: number, limit: number): readonly FeedEntry[] {
    const unread = this.feed.slice(after)
    const beyond = unread[limit]?.group
    const whole = unread.slice(0, limit).filter((entry) => entry.group !== beyond)
    return whole.length > 0 ? whole : unread.filter((entry) => entry.group === unread[0]?.group)
  }

  commit({ home, generation, from, to, updates }: Commit, peer: string): CommitAnswer {
    const stands = this.cursor?.generation === generation ? this.cursor.sequence : 0
    if (stands !== from)
      return { type: 'commit-failed', home, reason: refusal('retry-later', 'cursor-moved', 'another session was faster') }
    const bad = updates.filter(({ update }) => update[0] === POISON)
    const good = updates.filter(({ update }) => update[0] !== POISON)
    const refused: Refused[] = bad.map(({ document, sequence }) => ({
      document,
      sequence,
      refusal: refusal('give-up', 'op-rejected', 'forged'),
    }))
    this.unnoted.push(...refused.map((one) => ({ home, generation, ...one })))
    this.received.push(...good)
    this.write(
      peer,
      good.map(({ update }) => update),
    )
    this.cursor = { home, generation, sequence: to }
    return { type: 'committed', home, refused }
  }

  recall(): { type: 'cursors' } & Recall {
    return {
      type: 'cursors',
      generation: this.generation,
      cursors: this.cursor === undefined ? [] : [this.cursor],
      refusals: [...this.unnoted],
    }
  }

  /** What of this feed the peer must end up with. */
  own(): readonly FeedEntry[] {
    return this.feed.filter((entry) => entry.origin === this.name)
  }
}
