/**
 * Many seeds' histories added up. A campaign that never took a path it names has a blind spot, so it fails even if nothing broke.
 */
import type { History } from './history.ts'

export interface SeedTotals {
  readonly events: number
  readonly simulatedMs: number
}

/** What a part of a campaign adds up to, as one process tells another. */
export interface CampaignTotals extends SeedTotals {
  readonly seeds: number
  readonly counts: Readonly<Record<string, number>>
  readonly seedsReaching: Readonly<Record<string, number>>
}

export class Campaign {
  readonly #requiredPaths: readonly string[]
  readonly #counts = new Map<string, number>()
  readonly #seedsReaching = new Map<string, number>()
  #seeds = 0
  #events = 0
  #simulatedMs = 0

  constructor(requiredPaths: readonly string[]) {
    this.#requiredPaths = requiredPaths
  }

  add(history: History, totals: SeedTotals): void {
    const seedsReaching = Object.fromEntries([...history.paths].map((path) => [path, 1]))
    this.absorb({ ...totals, seeds: 1, counts: Object.fromEntries(history.counts), seedsReaching })
  }

  absorb({ seeds, events, simulatedMs, counts, seedsReaching }: CampaignTotals): void {
    this.#seeds += seeds
    this.#events += events
    this.#simulatedMs += simulatedMs
    addUp(this.#counts, counts)
    addUp(this.#seedsReaching, seedsReaching)
  }

  get totals(): CampaignTotals {
    const counts = Object.fromEntries(this.#counts)
    return {
      seeds: this.#seeds,
      events: this.#events,
      simulatedMs: this.#simulatedMs,
      counts,
      seedsReaching: Object.fromEntries(this.#seedsReaching),
    }
  }

  get missingPaths(): readonly string[] {
    return this.#requiredPaths.filter((path) => !this.#seedsReaching.has(path))
  }

  table(): string {
    const paths = new Set([...this.#requiredPaths, ...this.#seedsReaching.keys()])
    const rows: [string, string][] = [
      ['seeds', String(this.#seeds)],
      ['events', String(this.#events)],
      ['simulated hours', (this.#simulatedMs / 3_600_000).toFixed(1)],
      ...[...this.#counts].sort(byName).map(([kind, count]): [string, string] => [kind, String(count)]),
      ...[...paths].sort().map((path): [string, string] => [`path ${path}`, this.#reach(path)]),
    ]
    const width = Math.max(...rows.map(([name]) => name.length))
    return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
  }

  #reach(path: string): string {
    const seeds = this.#seedsReaching.get(path) ?? 0
    return seeds === 0 ? 'NEVER REACHED' : `in ${seeds} seeds`
  }

  assertReached(): void {
    if (this.missingPaths.length > 0) throw new Error(`campaign: never reached ${this.missingPaths.join(', ')}`)
  }
}

const addUp = (sums: Map<string, number>, more: Readonly<Record<string, number>>): void => {
  for (const [name, count] of Object.entries(more)) sums.set(name, (sums.get(name) ?? 0) + count)
}

const byName = ([one]: readonly [string, number], [other]: readonly [string, number]): number => (one < other ? -1 : one > other ? 1 : 0)
