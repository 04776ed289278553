/**
 * The SQLite store on a disk that loses power: the store's own code, the version of SQLite that node:sqlite has inside.
 *
 * HOLDFAST_POWER_LOSS_SEEDS turns the number of seeds up; `npm run power-loss -- --seeds 5000` runs them without the tests.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { firstLoss, range, runCampaign } from './campaign.ts'
import * as planted from './planted.ts'
import { SimulatedSqlite } from './sqlite/wasm-database.ts'

const SEEDS = Number(process.env.HOLDFAST_POWER_LOSS_SEEDS ?? 60)
/** More than the rarest planted fault has ever needed. */
const MOST_SEEDS = 900

let sqlite: SimulatedSqlite
beforeAll(async () => {
  sqlite = await SimulatedSqlite.load()
})

test('it is the SQLite that gateways run on', () => {
  expect(sqlite.version).toBe(process.versions.sqlite)
})

test('PER-2 I1 I6 every acknowledged commit survives every power cut, and what was not acknowledged is whole or absent', async () => {
  const { tally, failed } = await runCampaign(sqlite, range(1, SEEDS))
  console.log(tally.table())
  expect([failed, tally.refusedBecause]).toEqual([[], []])
  expect(tally.images).toBe(SEEDS * 6)
  expect(tally.whole).toBeGreaterThanOrEqual(tally.images - tally.endings.opening)
}, 600_000)

test('the campaign reaches what it is for', async () => {
  const { tally } = await runCampaign(sqlite, range(1, 25))
  const { endings, torn, refusals, styles, kills } = tally
  expect([...styles.keys()].sort()).toEqual(['kept', 'lost', 'mixed', 'prefix'])
  expect([...refusals.keys()].sort()).toEqual(['disk-full', 'unknown-outcome'])
  const reached = [endings.opening, endings.running, endings.closing, torn.dropped, torn.torn, torn.garbled, torn.undoneNames, kills]
  expect(reached.filter((count) => count === 0)).toEqual([])
})

test('the same seed cuts the same disk in the same places', async () => {
  const tables = await Promise.all([runCampaign(sqlite, [7, 8]), SimulatedSqlite.load().then((other) => runCampaign(other, [7, 8]))])
  expect(tables[0].tally.table()).toBe(tables[1].tally.table())
})

describe('planted faults are found', () => {
  // Where to look first; when the store's writes change, the fault shows at other seeds.
  test.each([
    ['commits that are not synced', planted.syncsTooLittle, 1],
    ['a commit that shares its sector with the next', planted.trustsTheSector, 3],
    ['a WAL that is believed as it is found', planted.trustsTheWalItFinds, 5],
    ['frames kept after a commit that failed', planted.keepsTheUnsynced, 46],
    ['names that were never synced', planted.trustsNames, 134],
  ] as const)(
    '%s',
    async (_fault, plant, hint) => {
      const found = await firstLoss(sqlite, range(hint, MOST_SEEDS), { plant })
      expect(found?.tally.losses).toBeGreaterThan(0)
    },
    300_000,
  )

  test('a build of SQLite that goes on with synchronous=NORMAL is refused before it takes anything', async () => {
    const { tally } = await runCampaign(sqlite, [1, 2, 3], { plant: planted.forgetsThePragma })
    expect([tally.acknowledged, tally.whole]).toEqual([0, 0])
    expect(new Set(tally.refusedBecause)).toEqual(
      new Set(["Error: store: synchronous is 1, not 2; this file system can't keep what it acknowledges"]),
    )
  })
})

/**
 * What nobody on the machine can find out beforehand. Commits are lost then; but the store never shows a state that it has not been in:
 * it has the beginning of its history, or it refuses and names the place. That the end is missing is found at the hub (`cursor-ahead`).
 */
test('I5 a disk that lies about syncing loses commits, and never shows a mixture', async () => {
  const { tally } = await runCampaign(sqlite, range(1, 25), { habits: { isLying: true, isGarbling: true } })
  expect(tally.losses).toBeGreaterThan(0)
  expect(tally.mixed).toBe(0)
  for (const why of tally.refusedBecause) expect(why).toContain('corrupt')
})
