/** Many seeds, one tally; or seeds until one of them finds something missing. */
import { runLives, type Seed } from './lives.ts'
import type { SimulatedSqlite } from './sqlite/wasm-database.ts'
import { Tally } from './tally.ts'

type Conditions = Omit<Seed, 'seed'>

export interface Campaign {
  readonly tally: Tally
  /** Seeds after which something acknowledged was missing. */
  readonly failed: readonly number[]
}

export const runCampaign = async (sqlite: SimulatedSqlite, seeds: Iterable<number>, conditions: Conditions = {}): Promise<Campaign> => {
  const tally = new Tally()
  const failed: number[] = []
  for (const seed of seeds) {
    const before = tally.losses
    await runLives(sqlite, { seed, ...conditions }, tally)
    if (tally.losses > before) failed.push(seed)
  }
  return { tally, failed }
}

/** @returns the first of the seeds that finds something missing, and how */
export const firstLoss = async (
  sqlite: SimulatedSqlite,
  seeds: Iterable<number>,
  conditions: Conditions,
): Promise<Campaign | undefined> => {
  for (const seed of seeds) {
    const campaign = await runCampaign(sqlite, [seed], conditions)
    if (campaign.failed.length > 0) return campaign
  }
  return undefined
}

export function* range(first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed += 1) yield seed
}
