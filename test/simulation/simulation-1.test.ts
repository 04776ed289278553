import { expect, test } from 'vitest'
import { keptSeeds } from './corpus.ts'
import { briefOf } from './report.ts'
import { runSeed } from './run.ts'
import { testShard } from './shard.ts'

test.each(keptSeeds())('PER-2 kept seed $seed: $found', async ({ seed }) => {
  const result = await runSeed(seed)
  expect(result.violation === undefined ? 'held' : briefOf(result)).toBe('held')
})

test('I30 a seed runs the same way twice', async () => {
  const once = await runSeed(7)
  const again = await runSeed(7)
  expect(again.world.frame.kernel.history.hash).toBe(once.world.frame.kernel.history.hash)
})

testShard(0)
