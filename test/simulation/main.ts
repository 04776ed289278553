/**
 * Simulated worlds from the command line:
 *
 *   npm run simulate -- --seeds 1000              a campaign over seeds 1 … 1000 (--first 5001 begins elsewhere), on all cores
 *   npm run simulate -- --seed 42 --trace         one seed, with all that its nodes did
 *
 * Ends with 1 if an invariant broke or a seed went two ways; of a thousand seeds and more, also if a listed path was
 * never reached.
 */
import { parseArgs } from 'node:util'
import { ENOUGH_FOR_ALL_PATHS, range } from './campaign.ts'
import { processesFor, runInProcesses, serveParent } from './processes.ts'
import { fewestFaults, reportOf } from './report.ts'
import { runSeed, type SeedResult } from './run.ts'

const ALL_LINES = 1_000_000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    processes: { type: 'string' },
    child: { type: 'boolean', default: false },
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
  const processes = values.processes === undefined ? processesFor(count) : Number(values.processes)
  const { campaign, broken, unsteady } = await runInProcesses(range(first, count), processes)
  console.log(campaign.table())
  console.log(`seeds per second  ${(count / ((performance.now() - began) / 1000)).toFixed(2)}, in ${processes} processes`)
  for (const { seed, invariant } of broken) console.log(`FAILED  seed ${seed}: ${invariant}`)
  for (const seed of unsteady) console.log(`FAILED  seed ${seed} went two ways`)
  const missing = count < ENOUGH_FOR_ALL_PATHS ? [] : campaign.missingPaths
  if (missing.length > 0) console.log(`FAILED  never reached: ${missing.join(', ')}`)
  return broken.length === 0 && unsteady.length === 0 && missing.length === 0
}

const run = (): Promise<boolean> =>
  values.seed === undefined ? runMany(Number(values.first), Number(values.seeds)) : runOne(Number(values.seed))

if (values.child) serveParent()
else process.exitCode = (await run()) ? 0 : 1
