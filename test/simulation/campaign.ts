/** Many seeds, one after the other: added up, the failing ones told in full, and some run twice to see that a seed is a seed (I30). */
import { Campaign } from '@holdfast/shared/testing'
import { REQUIRED_PATHS } from './checks/paths.ts'
import type { Plant } from './planted/plant.ts'
import { runSeed, type SeedResult } from './run.ts'

export interface CampaignResult {
  readonly campaign: Campaign
  readonly failed: readonly SeedResult[]
  /** Seeds whose second run went another way. */
  readonly unsteady: readonly number[]
}

/** Share of seeds that are run twice: every hundredth. */
const AGAIN_EVERY = 100

export const runCampaign = async (seeds: Iterable<number>, onSeed: (result: SeedResult) => void = () => {}): Promise<CampaignResult> => {
  const campaign = new Campaign(REQUIRED_PATHS)
  const failed: SeedResult[] = []
  const unsteady: number[] = []
  for (const seed of seeds) {
    const result = await runSeed(seed)
    const { kernel } = result.world.frame
    campaign.add(kernel.history, { events: kernel.events, simulatedMs: kernel.now })
    if (result.violation !== undefined) failed.push(result)
    if (seed % AGAIN_EVERY === 0 && (await runSeed(seed)).world.frame.kernel.history.hash !== kernel.history.hash) unsteady.push(seed)
    onSeed(result)
  }
  return { campaign, failed, unsteady }
}

/** The first seed whose checks notice the planted bug, with what they said. */
export const firstToNotice = async (plant: Plant, seeds: number): Promise<SeedResult | undefined> => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = await runSeed(seed, { plant })
    if (result.violation !== undefined) return result
  }
  return undefined
}

/** With fewer seeds a rare path may well be missed by chance. */
export const ENOUGH_FOR_ALL_PATHS = 1_000

export const range = (first: number, count: number): readonly number[] => Array.from({ length: count }, (_, index) => first + index)
