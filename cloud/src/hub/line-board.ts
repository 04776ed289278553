/**
 * The lines to gateways as all coordinators on one store know them: who holds one says so in a row, every two seconds and when it comes or
 * goes, and the others show that in place of what they can't see.
 *
 *   live here ──▶ own condition        row moved of late ──▶ live elsewhere        row stands still ──▶ awaited, as last said
 *
 * Whether a row moves is measured by the reader's own monotonic clock: no clock is compared with another's. A view; nothing is decided by it.
 */
import type { ChildCondition } from '@holdfast/shared/engine'
import type { Clock, Store } from '@holdfast/shared/ports'
import { isJsonObject, type Json } from '@holdfast/shared/values'

const LOOK_EVERY_MS = 2_000
const STALE_MS = 3 * LOOK_EVERY_MS

interface Said {
  /** The life that said it. */
  readonly by: number
  readonly beat: number
  readonly live: boolean
  readonly heardAt: number
  readonly pending: number
}

interface Seen extends Said {
  /** Monotonic: when the row was first found so. */
  readonly since: number
}

export interface LineBoardParts {
  readonly life: number
  readonly store: Store
  readonly clock: Clock
  readonly gateways: readonly string[]
  readonly condition: (gateway: string) => ChildCondition
  /** What others say of a line has changed. */
  readonly onChange: (gateway: string) => void
}

const keyOf = (gateway: string): string => `line/${gateway}`

export class LineBoard {
  readonly #parts: LineBoardParts
  readonly #seen = new Map<string, Seen>()
  /** Lines that this process held when it last said so. */
  readonly #held = new Set<string>()
  /** Lines that were last told to be live. */
  readonly #told = new Set<string>()
  #isStopped = false
  #cancel: () => void = () => {}

  constructor(parts: LineBoardParts) {
    this.#parts = parts
    this.#wait()
  }

  close(): void {
    this.#isStopped = true
    this.#cancel()
  }

  /** As the process that holds the line, or held it last, knows it. */
  condition(gateway: string): ChildCondition {
    const own = this.#parts.condition(gateway)
    const said = this.#seen.get(gateway)
    if (own.state === 'live' || said === undefined || said.heardAt <= (own.lastHeardAt ?? 0)) return own
    const { pending, heardAt: lastHeardAt } = said
    return { ...own, pending, lastHeardAt, state: this.#isLive(said) ? 'live' : 'awaited', lastError: undefined }
  }

  /** A line of this process came or went. */
  async changed(gateway: string): Promise<void> {
    await this.#say([gateway])
  }

  #wait(): void {
    if (this.#isStopped) return
    this.#cancel = this.#parts.clock.after(LOOK_EVERY_MS, () => {
      // A store that does not answer is asked again the next time.
      this.#round().then(
        () => this.#wait(),
        () => this.#wait(),
      )
    })
  }

  async #round(): Promise<void> {
    await this.#say(this.#parts.gateways.filter((gateway) => this.#parts.condition(gateway).state === 'live'))
    await this.#look()
  }

  async #say(gateways: readonly string[]): Promise<void> {
    const puts = gateways.flatMap((gateway) => {
      const { state, lastHeardAt = 0, pending } = this.#parts.condition(gateway)
      const live = state === 'live'
      if (!live && !this.#held.delete(gateway)) return []
      if (live) this.#held.add(gateway)
      const beat = (this.#seen.get(gateway)?.beat ?? 0) + 1
      return [{ collection: 'node', key: keyOf(gateway), value: { by: this.#parts.life, beat, live, heardAt: lastHeardAt, pending } }]
    })
    if (puts.length > 0) await this.#parts.store.commit({ appends: [], puts, removals: [], expected: new Map() })
  }

  async #look(): Promise<void> {
    const { store, gateways, clock } = this.#parts
    for (const gateway of gateways) {
      const said = parseSaid(await store.get('node', keyOf(gateway)))
      const before = this.#seen.get(gateway)
      if (said === undefined) continue
      if (before?.beat !== said.beat || before.by !== said.by) this.#seen.set(gateway, { ...said, since: clock.now().monotonic })
      this.#tell(gateway)
    }
  }

  /** Also when a row has stood still for too long. */
  #tell(gateway: string): void {
    const seen = this.#seen.get(gateway)
    const isLive = seen !== undefined && this.#isLive(seen)
    if (this.#told.has(gateway) === isLive) return
    if (isLive) this.#told.add(gateway)
    else this.#told.delete(gateway)
    this.#parts.onChange(gateway)
  }

  #isLive({ live, since }: Seen): boolean {
    return live && this.#parts.clock.now().monotonic - since < STALE_MS
  }
}

const parseSaid = (row: Json | undefined): Said | undefined => {
  if (!isJsonObject(row)) return undefined
  const { by, beat, live, heardAt, pending } = row
  if (
    typeof by !== 'number' ||
    typeof beat !== 'number' ||
    typeof live !== 'boolean' ||
    typeof heardAt !== 'number' ||
    typeof pending !== 'number'
  )
    return undefined
  return { by, beat, live, heardAt, pending }
}
