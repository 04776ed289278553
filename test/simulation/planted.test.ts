/** A simulator that misses a planted bug has a blind spot. Each of these has a world around it that is otherwise production's own. */
import { expect, test } from 'vitest'
import { firstToNotice } from './campaign.ts'
import { PLANTED } from './planted/bugs.ts'

const SEEDS = 100

test.each(PLANTED)('planted: $name is caught within 100 seeds', { timeout: 600_000 }, async (plant) => {
  const noticed = await firstToNotice(plant, SEEDS)
  expect(noticed?.violation?.invariant).toBeDefined()
  console.log(`${plant.name}: seed ${noticed?.world.frame.setup.seed}, ${noticed?.violation?.invariant}`)
})
