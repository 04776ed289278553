/**
 * What both ends of the link need of their node: feed pages out of the store, groups into the engine, refusals written down.
 * The machines in link/ ask; this answers. Doesn't know about connections; those belong to the loops.
 */
import type { Cursor, Interest, Recall, StreamInput, StreamOutput } from '../link/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { FeedEntry, Store } from '../ports/store.ts'
import { refusal } from '../values/refusal.ts'
import { parseRefusalRow, REFUSALS, refusalKey, rejectedRow } from './cursors.ts'
import type { Engine } from './engine.ts'
import { feedGeneration, renewFeedGeneration } from './feed-generation.ts'
import { readPage } from './feed-reading.ts'
import { Interests } from './interests.ts'
import { NO_CHANGE } from './repairing.ts'

/** What the link needs of an engine. */
export type LinkedEngine = Pick<Engine, 'submit' | 'onCommitted' | 'recallCursor'>

type Asked = Exclude<StreamOutput, { type: 'send' | 'acknowledged' | 'asked' | 'call-ended' }>

/** What a machine waits for after asking. */
export type StreamAnswer = Exclude<StreamInput, { type: 'feed-grew' }>

/** Refusals that a peer may leave unnoted; one that notes none must not fill the store with them. */
export const MAX_UNNOTED = 1_000

const tooManyRefusals = refusal('retry-later', 'too-many-refusals', `${MAX_UNNOTED} refusals wait to be noted.`)

/** Refusals that say that the peer lacks what came before, or can't read it. */
const PARTED: ReadonlySet<string> = new Set(['clock-gap', 'pending', 'base-unknown', 'store-corrupt', 'document-corrupt'])

/** What was deleted since is no news to anybody; like what came from the peer itself, it is passed over. */
const isErased = ({ update }: FeedEntry): boolean => update.length === 0

export class LinkPort {
  readonly #engine: LinkedEngine
  readonly #store: Store
  readonly #clock: Clock
  readonly #interests: Interests
  readonly #onParted: () => void
  /** Commits under way, so that a session begins from cursors that hold still. */
  readonly #committing = new Map<string, Promise<unknown>>()
  /** By peer, the keys of refusals that it has not noted. */
  readonly #unnoted = new Map<string, Set<string>>()

  /** @param onParted called when the two ends may hold different things, whatever their cursors say */
  constructor(engine: LinkedEngine, store: Store, clock: Clock, onParted: () => void = () => {}) {
    this.#onParted = onParted
    this.#engine = engine
    this.#store = store
    this.#clock = clock
    this.#interests = new Interests(store)
  }

  /** What the peer wants of its homes; what it lacks of that takes its turn in the feed. */
  async admit(peer: string, homes: readonly string[], interests: readonly Interest[] | undefined): Promise<void> {
    this.#interests.admit(peer, interests)
    for (const home of homes) {
      for (const document of await this.#interests.lacking(peer, home))
        await this.#engine.submit({ kind: 'repair', home, document, update: NO_CHANGE })
    }
  }

  /** How far the peer's feeds are held here, and what it still has to be told. Waits for commits of its earlier sessions. */
  async recall(peer: string, homes: readonly string[]): Promise<Recall> {
    await this.#committing.get(peer)
    const generation = await feedGeneration(this.#store)
    const cursors: Cursor[] = []
    for (const home of homes) {
      const cursor = await this.#engine.recallCursor(`${peer}/${home}`)
      if (cursor !== undefined) cursors.push({ home, ...cursor })
    }
    const rows = await this.#store.list(REFUSALS, { where: { index: 'peer', equals: peer }, limit: MAX_UNNOTED })
    this.#unnoted.set(peer, new Set(rows.map(({ key }) => key)))
    return { generation, cursors, refusals: rows.flatMap(({ value }) => parseRefusalRow(value) ?? []) }
  }

  /** Carries out one output and gives the answer the machine waits for, if it waits for one. */
  async carryOut(peer: string, output: Asked): Promise<StreamAnswer | undefined> {
    switch (output.type) {
      case 'read-feed': {
        const { home, after, limit } = output
        const page = await readPage(this.#store, home, after, limit)
        if (page.skipped !== undefined) this.#onParted()
        const known = page.entries.map((entry) => (isErased(entry) ? { ...entry, origin: peer } : entry))
        const entries = await this.#interests.entriesFor(peer, home, known)
        return { type: 'feed-page', home, after, entries, end: await this.#store.feedEnd(home) }
      }
      case 'commit':
        return this.#commit(peer, output)
      case 'rejected': {
        if (PARTED.has(output.refusal.code)) this.#onParted()
        const { home, generation, sequence } = output
        const noted = await this.#put(rejectedRow(peer, output, this.#clock.now().wall))
        return noted ? { type: 'rejection-noted', home, generation, sequence } : undefined
      }
      case 'rolled-back':
        this.#onParted()
        await renewFeedGeneration(this.#store, this.#clock)
        return undefined
      case 'forget-refusal':
        this.#unnoted.get(peer)?.delete(refusalKey(peer, output))
        await this.#store.commit({
          appends: [],
          puts: [],
          removals: [{ collection: REFUSALS, key: refusalKey(peer, output) }],
          expected: new Map(),
        })
        return undefined
    }
  }

  async #commit(peer: string, output: Extract<Asked, { type: 'commit' }>): Promise<StreamAnswer> {
    const { home, generation, from, to, updates } = output
    const unnoted = this.#unnoted.get(peer) ?? new Set<string>()
    if (unnoted.size >= MAX_UNNOTED) return { type: 'commit-failed', home, reason: tooManyRefusals }
    const taking = this.#engine.submit({ kind: 'received', peer, home, generation, from, to, updates })
    this.#committing.set(peer, taking)
    const taken = await taking
    if (this.#committing.get(peer) === taking) this.#committing.delete(peer)
    if (!taken.ok) return { type: 'commit-failed', home, reason: taken.error }
    this.#interests.holds(
      peer,
      home,
      updates.map(({ document }) => document),
    )
    for (const { sequence } of taken.value.rejected) unnoted.add(refusalKey(peer, { home, generation, sequence }))
    this.#unnoted.set(peer, unnoted)
    return { type: 'committed', home, refused: taken.value.rejected }
  }

  /** How a home's feed grew, in the words of the machine; entries that came from the peer need not go back to it. */
  async growth(peer: string, home: string, origins: ReadonlyMap<string, number>): Promise<Extract<StreamInput, { type: 'feed-grew' }>> {
    let count = 0
    for (const [origin, added] of origins) if (origin !== peer) count += added
    return { type: 'feed-grew', home, end: await this.#store.feedEnd(home), count }
  }

  async #put(put: ReturnType<typeof rejectedRow>): Promise<boolean> {
    const done = await this.#store.commit({ appends: [], puts: [put], removals: [], expected: new Map() })
    return done.ok
  }
}
