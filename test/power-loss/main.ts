/**
 * Power cuts from the command line:
 *
 *   npm run power-loss -- --seeds 1000             seeds 1 … 1000, five lives each (--first 5001 begins elsewhere)
 *
 * Ends with 1 if anything acknowledged was missing.
 */
import { parseArgs } from 'node:util'
import { range, runCampaign } from './campaign.ts'
import { SimulatedSqlite } from './sqlite/wasm-database.ts'

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '200' }, first: { type: 'string', default: '1' } } })

const sqlite = await SimulatedSqlite.load()
const began = performance.now()
const { tally, failed } = await runCampaign(sqlite, range(Number(values.first), Number(values.seeds)))
console.log(tally.table())
for (const why of tally.refusedBecause) console.log(`refused: ${why}`)
for (const seed of failed) console.log(`FAILED  seed ${seed}`)
console.log(`SQLite ${sqlite.version}, ${((performance.now() - began) / 1000).toFixed(1)} s`)
process.exitCode = failed.length === 0 ? 0 : 1
