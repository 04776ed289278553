/** Seeded worlds of authority and policies; and the planted bugs that belong to them, each to be caught. */
import { expect, test } from 'vitest'
import { range } from '../campaign.ts'
import { SOUND } from './frame.ts'
import { ACCORD_PLANTS } from './plants.ts'
import { runAccord } from './run.ts'

const SEEDS = Math.ceil(Number(process.env.HOLDFAST_SEEDS ?? 1_000) / 10)
const SECONDS_PER_SEED = 10
const PLANTED_WITHIN = 200
/** With fewer seeds a rare thing may well not happen. */
const ENOUGH_FOR_ALL = 100

/** What a campaign has to have met, lest it prove nothing. */
const MUST_HAPPEN = [
  'strong decision decided',
  'strong decision unknown',
  'strong decision lease-ran-out',
  'strong read at hub shown',
  'strong read at gateway shown',
  'bounded decision decided',
  'bounded read at hub shown',
  'bounded read staleness-bound-exceeded',
  'handover done',
  'ran out',
  'fault crash',
  'fault freeze',
  'fault jump',
]

/** Seeds that once failed, and what they had found. */
const KEPT = [
  { seed: 5, found: 'an answer `decided` for what reached the hub after the next epoch had begun' },
  { seed: 33, found: 'a holder shut out from the hub by what its predecessor wrote after it' },
  { seed: 135, found: 'a decision made twice, once for each former authority that had admitted it' },
]

test.each(KEPT)('SYN-7 kept seed $seed: $found', async ({ seed }) => {
  expect((await runAccord(seed)).violation).toBeUndefined()
})

test('SYN-4 SYN-5 SYN-7 C2 I14 I15 seeded worlds of authority and policies hold', {
  timeout: SEEDS * SECONDS_PER_SEED * 1000,
}, async () => {
  const counts = new Map<string, number>()
  const failed: string[] = []
  for (const seed of range(1, SEEDS)) {
    const { world, violation } = await runAccord(seed)
    for (const [what, count] of world.frame.kernel.history.counts) counts.set(what, (counts.get(what) ?? 0) + count)
    if (violation !== undefined) failed.push(`seed ${seed}: ${violation.invariant} ${JSON.stringify(violation.details).slice(0, 400)}`)
  }
  console.log(
    [...counts]
      .sort()
      .map(([what, count]) => `${what.padEnd(48)}${count}`)
      .join('\n'),
  )
  expect(failed).toEqual([])
  if (SEEDS >= ENOUGH_FOR_ALL) expect(MUST_HAPPEN.filter((what) => !counts.has(what))).toEqual([])
})

test.each(ACCORD_PLANTS)('planted: $name is caught within 200 seeds, and only where it is planted', { timeout: 600_000 }, async (plant) => {
  for (const seed of range(1, PLANTED_WITHIN)) {
    const { violation } = await runAccord(seed, plant)
    if (violation === undefined) continue
    console.log(`${plant.name}: seed ${seed}, ${violation.invariant}`)
    const sound = await runAccord(seed, { ...SOUND, weather: plant.weather ?? {} })
    expect(sound.violation).toBeUndefined()
    return
  }
  expect.unreachable('it was not caught')
})
