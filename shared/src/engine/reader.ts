/**
 * Reads at a demanded level (C3, C4), at any node:
 *
 *                    at the authority                                     at a copy
 *   eventual         what is here                                         what is here
 *   bounded          what is here, with standing                          what is here, once a probe sent at most maxLag ago named
 *                                                                         a position that is applied here
 *   strong           what was read is acknowledged by the hub, and the    of a strong workflow, at the hub: what is here, for a strong
 *                    hub knew this node as the authority after the read   decision takes effect where the hub commits it; else as
 *                    had begun                                            bounded, with a probe sent after the read began
 *
 *   Q1  An answer that can't be given at the level that was asked for is refused, never weakened.
 *   Q2  A read waits READ_WITHIN_MS at most.
 */
import { advance, ageOf, ask, type Demand, type FeedPlace, isWithin, NO_PROBES, type Probes, reply } from '../consistency/index.ts'
import type { Consistency } from '../definition/schema-consistency.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { LinkCaller } from './call-desk.ts'
import type { PeerCursor } from './cursors.ts'
import type { Engine } from './engine.ts'
import { lastEntry } from './feed-end.ts'
import { feedGeneration } from './feed-generation.ts'
import type { Seen, Session } from './session.ts'

export const READ_WITHIN_MS = 2_000

export interface ReaderParts {
  readonly engine: Pick<Engine, 'authority' | 'author' | 'cursorOf' | 'cursors' | 'onCommitted' | 'outlet'>
  readonly store: Pick<Store, 'feed' | 'feedEnd' | 'generation' | 'get'>
  readonly clock: Clock
  /** To the authority at a hub; to the hub at its child; nobody to ask where there is no line. */
  readonly caller: LinkCaller | undefined
  /** Decisions of other homes take effect where this node commits them. */
  readonly isHub: boolean
}

interface Probed {
  readonly peer: string
  readonly place: FeedPlace
}

export class Reader {
  readonly #parts: ReaderParts
  readonly #probes = new Map<string, Probes>()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /**
   * Before the read: what this node holds of the home is as fresh as demanded.
   * @returns milliseconds that it may be old; undefined where nobody knows
   */
  async begin(home: string, demand: Demand, policy: Consistency | undefined): Promise<Result<number | undefined, Refusal>> {
    const { authority } = this.#parts.engine
    const now = this.#parts.clock.now()
    if (authority.isAuthority(home)) {
      const standing = authority.standing(home, now)
      return standing.mayDecide || demand.level === 'eventual' ? ok(0) : err(standing.refusal)
    }
    switch (demand.level) {
      case 'eventual':
        return ok(this.#ageOf(home))
      case 'bounded_staleness':
        return isWithin(this.#of(home), demand.maxLagMs, now.monotonic) ? ok(this.#ageOf(home)) : this.#prove(home, demand.maxLagMs)
      case 'strong':
        return this.#parts.isHub && policy?.level === 'strong' ? ok(0) : this.#prove(home, undefined)
    }
  }

  /** After the read, which must not be shown before: what was read is as firm as demanded. */
  async end(home: string, demand: Demand): Promise<Refusal | undefined> {
    const { engine, caller, store } = this.#parts
    const { release } = engine.outlet
    if (demand.level !== 'strong' || !engine.authority.isAuthority(home) || release.line.state === 'own') return undefined
    const end = await store.feedEnd(home)
    const isHeld = await this.#until(() => release.acknowledgedOf(home) >= end)
    if (!isHeld || caller === undefined) return NOT_ACKNOWLEDGED
    const recognised = await caller.call(home, RECOGNISE, { epoch: engine.authority.epochOf(home) }, READ_WITHIN_MS)
    return recognised.ok ? undefined : { ...recognised.error, code: 'unavailable' }
  }

  /** Whether this node holds what a session has seen; waits for it. */
  holds(session: Session): Promise<boolean> {
    const { engine, store } = this.#parts
    const places = async (): Promise<boolean> => {
      const own = await feedGeneration(store)
      for (const { home, generation, sequence } of session) {
        const here = generation === own ? await store.feedEnd(home) : heldOf(engine.cursors, home, generation)
        if (here < sequence) return false
      }
      return true
    }
    return this.#until(places)
  }

  /** What whoever reads these homes here has seen. */
  async seen(homes: readonly string[]): Promise<Session> {
    const { engine, store } = this.#parts
    const own = homes.map(async (home): Promise<Seen> => {
      const sequence = await lastEntry(store, home, ({ origin }) => origin === engine.author.node)
      return { home, generation: await feedGeneration(store), sequence }
    })
    return [...(await Promise.all(own)), ...homes.flatMap((home) => cursorsOf(engine.cursors, home))]
  }

  /** @param maxLagMs without it, the proof must begin after now */
  async #prove(home: string, maxLagMs: number | undefined): Promise<Result<number, Refusal>> {
    const { clock, caller, engine } = this.#parts
    const begun = clock.now().monotonic
    if (caller === undefined) return err(tooOld(maxLagMs, 'there is nobody to ask'))
    const asked = ask(this.#of(home), begun)
    this.#probes.set(home, asked.probes)
    const answered = await caller.call(home, PROBE, {}, READ_WITHIN_MS)
    if (!answered.ok) return err(tooOld(maxLagMs, answered.error.message))
    const probed = parseProbed(answered.value)
    if (probed === undefined) return err(tooOld(maxLagMs, 'its answer is not understood'))
    const applied = (): FeedPlace => engine.cursorOf(`${probed.peer}/${home}`) ?? { generation: '', sequence: 0 }
    this.#probes.set(home, reply(this.#of(home), asked.number, probed.place, applied()))
    await this.#until(() => {
      this.#probes.set(home, advance(this.#of(home), applied()))
      return ageOf(this.#of(home), clock.now().monotonic) <= clock.now().monotonic - begun
    })
    const now = clock.now().monotonic
    const isFresh = isWithin(this.#of(home), maxLagMs ?? now - begun, now)
    return isFresh ? ok(ageOf(this.#of(home), now)) : err(tooOld(maxLagMs, 'what it named has not arrived here'))
  }

  #of(home: string): Probes {
    return this.#probes.get(home) ?? NO_PROBES
  }

  #ageOf(home: string): number | undefined {
    const age = ageOf(this.#of(home), this.#parts.clock.now().monotonic)
    return Number.isFinite(age) ? age : undefined
  }

  /** Looks again after each commit and each acknowledgement. */
  async #until(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
    const { clock, engine } = this.#parts
    const deadline = clock.now().monotonic + READ_WITHIN_MS
    while (!(await isSo())) {
      const leftMs = deadline - clock.now().monotonic
      if (leftMs <= 0) return false
      await new Promise<void>((resolve) => {
        const stops = [engine.onCommitted(go), engine.outlet.onNews(go), clock.after(Math.min(leftMs, LOOK_AGAIN_MS), go)]
        function go(): void {
          for (const stop of stops) stop()
          resolve()
        }
      })
    }
    return true
  }
}

const LOOK_AGAIN_MS = 250

type Cursors = ReadonlyMap<string, PeerCursor>

const cursorsOf = (cursors: Cursors, home: string): Session =>
  [...cursors].flatMap(([key, cursor]) => (key.endsWith(`/${home}`) ? [{ home, ...cursor }] : []))

const heldOf = (cursors: Cursors, home: string, generation: string): number =>
  Math.max(0, ...cursorsOf(cursors, home).flatMap((seen) => (seen.generation === generation ? [seen.sequence] : [])))

/** Asked of an authority: how far must somebody be to have all that it has? */
export const PROBE = 'probe'
/** Asked of a hub: is this node, under this epoch, the authority as far as you know? */
export const RECOGNISE = 'recognise'

export const probedJson = ({ peer, place }: Probed): Json => ({ peer, generation: place.generation, sequence: place.sequence })

const parseProbed = (body: Json): Probed | undefined => {
  if (!isJsonObject(body)) return undefined
  const { peer, generation, sequence } = body
  if (typeof peer !== 'string' || typeof generation !== 'string' || typeof sequence !== 'number') return undefined
  return { peer, place: { generation, sequence } }
}

const NOT_ACKNOWLEDGED = refusal('retry-later', 'unavailable', 'The hub has not acknowledged what would be answered.')

const tooOld = (maxLagMs: number | undefined, why: string): Refusal =>
  maxLagMs === undefined
    ? refusal('retry-later', 'unavailable', `Strong consistency needs the authority's word: ${why}`)
    : refusal('retry-later', 'staleness-bound-exceeded', `What is here may be more than ${maxLagMs} ms old: ${why}`, { maxLagMs })
