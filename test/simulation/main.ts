/**
 * Simulated worlds from the command line:
 *
 *   npm run simulate -- --seeds 1000              a campaign over seeds 1 … 1000 (--first 5001 begins elsewhere)
 *   npm run simulate -- --seed 42 --trace         one seed, with all that its nodes did
 *
 * Ends with 1 if an invariant broke, a listed path was never reached, or a seed went two ways.
 */
import { parseArgs } from 'node:util'
import { range, runCampaign } from './campaign.ts'
import { fewestFaults, reportOf } from './report.ts'
import { runSeed, type SeedResult } from './run.ts'

const ALL_LINES = 1_000_000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
})

const runOne = async (seed: number): Promise<boolean> => {
  const result = await runSeed(seed, { linesPerNode: ALL_LINES })
  const { kernel, setup } = result.world.frame
  if (values.trace || result.violation !== undefined) console.log(reportOf(result, values.trace ? ALL_LINES : undefined))
  if (result.violation !== undefined) console.log(`fewest faults: ${(await fewestFaults(result)).join(', ') || 'none'}`)
  console.log(`seed ${setup.seed}: ${kernel.events} events, ${kernel.now} ms, hash ${kernel.history.hash}, ${verdictOf(result)}`)
  return result.violation === undefined
}

const verdictOf = ({ violation }: SeedResult): string => (violation === undefined ? 'all invariants held' : `broke ${violation.invariant}`)

const runMany = async (first: number, count: number): Promise<boolean> => {
  const began = performance.now()
  const { campaign, failed, unsteady } = await runCampaign(range(first, count), (result) => {
    if (result.violation !== undefined) console.log(`${reportOf(result)}\n`)
  })
  console.log(campaign.table())
  console.log(`seeds per second  ${(count / ((performance.now() - began) / 1000)).toFixed(2)}`)
  for (const { world, violation } of failed) console.log(`FAILED  seed ${world.frame.setup.seed}: ${violation?.invariant}`)
  for (const seed of unsteady) console.log(`FAILED  seed ${seed} went two ways`)
  if (campaign.missingPaths.length > 0) console.log(`FAILED  never reached: ${campaign.missingPaths.join(', ')}`)
  return failed.length === 0 && unsteady.length === 0 && campaign.missingPaths.length === 0
}

const held = values.seed === undefined ? await runMany(Number(values.first), Number(values.seeds)) : await runOne(Number(values.seed))
process.exitCode = held ? 0 : 1
