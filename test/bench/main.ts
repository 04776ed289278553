/**
 * npm run bench -- [--json] [name …]
 *
 * Runs the benchmarks, or those whose names contain one of the words given. A table for people; with `--json` one object a line:
 * {name, value, unit, ratio, against}.
 */
import { checkpoint } from './checkpoint.ts'
import { durableSteps } from './durable-steps.ts'
import { evolveRate } from './evolve.ts'
import { fanOut } from './fan-out.ts'
import { firstWorkflow } from './first-workflow.ts'
import { fiveStepLatency } from './five-step-latency.ts'
import { graphOrder } from './graph-order.ts'
import { logSize } from './log-size.ts'
import type { Measurement } from './measurement.ts'
import { parkedMemory } from './parked-memory.ts'
import { asJson, asText } from './report.ts'
import { storeStart } from './store-start.ts'

const BENCHMARKS: Readonly<Record<string, () => Measurement | Promise<Measurement>>> = {
  'durable-steps': durableSteps,
  'five-step-latency': fiveStepLatency,
  'first-workflow': firstWorkflow,
  'fan-out': fanOut,
  checkpoint,
  evolve: evolveRate,
  'graph-order': graphOrder,
  'log-size': logSize,
  'parked-memory': parkedMemory,
  'store-start': storeStart,
}

const words = process.argv.slice(2)
const filters = words.filter((word) => !word.startsWith('--'))
const unknown = words.filter((word) => word.startsWith('--') && word !== '--json')
const chosen = Object.entries(BENCHMARKS).filter(([name]) => filters.length === 0 || filters.some((filter) => name.includes(filter)))

if (unknown.length > 0 || chosen.length === 0) {
  console.error(`usage: npm run bench -- [--json] [name …]; the names are ${Object.keys(BENCHMARKS).join(', ')}`)
  process.exitCode = 2
} else {
  const print = words.includes('--json') ? asJson : asText
  for (const [, run] of chosen) console.log(print(await run()))
}
