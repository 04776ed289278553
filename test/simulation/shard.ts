/** The campaign's seeds in shards, one test file each, so that they run side by side. HOLDFAST_SEEDS says how many in all. */
import { expect, test } from 'vitest'
import { ENOUGH_FOR_ALL_PATHS, range, runCampaign } from './campaign.ts'
import { briefOf } from './report.ts'

const SEEDS = Number(process.env.HOLDFAST_SEEDS ?? 1_000)
const SHARDS = 4

const SECONDS_PER_SEED = 10

export const testShard = (shard: number): void => {
  const count = Math.ceil(SEEDS / SHARDS)
  const seeds = range(1 + shard * count, count)
  const name = `PER-2 PER-3 SYN-1 SYN-2 SYN-3 EX-10 RES-6 seeded worlds ${seeds[0]} to ${seeds.at(-1)} hold every invariant`
  test(name, { timeout: count * SECONDS_PER_SEED * 1000 }, async () => {
    const { campaign, failed, unsteady } = await runCampaign(seeds)
    console.log(campaign.table())
    expect(failed.map(briefOf)).toEqual([])
    expect(unsteady, 'I30 seeds that went two ways').toEqual([])
    if (SEEDS >= ENOUGH_FOR_ALL_PATHS) expect(campaign.missingPaths, 'paths that no seed took').toEqual([])
  })
}
