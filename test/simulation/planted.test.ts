/** A simulator that misses a planted bug has a blind spot. Each of these has a world around it that is otherwise production's own. */
import { expect, test } from 'vitest'
import { firstToNotice } from './campaign.ts'
import { PLANTED } from './planted/bugs.ts'
import { NO_PLANT } from './planted/plant.ts'
import { briefOf } from './report.ts'
import { runSeed } from './run.ts'

const SEEDS = 100

test.each(PLANTED)('planted: $name is caught within 100 seeds, and only where it is planted', { timeout: 600_000 }, async (plant) => {
  const noticed = await firstToNotice(plant, SEEDS)
  const seed = noticed?.world.frame.setup.seed ?? 0
  expect(noticed?.violation?.invariant).toBeDefined()
  console.log(`${plant.name}: seed ${seed}, ${noticed?.violation?.invariant}`)
  const sound = await runSeed(seed, { plant: { ...NO_PLANT, weather: plant.weather ?? {} } })
  expect(sound.violation === undefined ? 'held' : briefOf(sound)).toBe('held')
})
