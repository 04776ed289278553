import { expect, test } from 'vitest'
import { oldestIn, pendingIn } from '../link/index.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { AcknowledgedRows } from './acknowledged-rows.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ManualClock } from './test-support.ts'

const appended = (origin: string, count: number) => ({
  appends: Array.from({ length: count }, () => ({ document: 'w_1', home: 'harbour', origin, update: new Uint8Array([1]) })),
  puts: [],
  removals: [],
  expected: new Map(),
})

test('I12 a node that begins while cut off knows what is pending, and since when', async () => {
  const store = openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })
  const clock = new ManualClock()
  const rows = new AcknowledgedRows(store, clock)
  await store.commit(appended('gateway', 4))
  expect(pendingIn(await rows.backlogOf('cloud', 'harbour'))).toBe(4)
  rows.note('cloud', 'harbour', 2)
  rows.note('cloud', 'harbour', 3)
  await clock.advance(1_000)

  await store.commit(appended('cloud', 2))
  await store.commit(appended('gateway', 700))
  await clock.advance(60_000)
  const backlog = await new AcknowledgedRows(store, clock).backlogOf('cloud', 'harbour')
  expect([pendingIn(backlog), oldestIn(backlog), backlog.acknowledged]).toEqual([701, 1_001_000, 3])
  expect([...(await rows.pendingDocuments('cloud', 'harbour'))]).toEqual(['w_1'])
  rows.note('cloud', 'harbour', 706)
  await clock.advance(1_000)
  expect([...(await rows.pendingDocuments('cloud', 'harbour'))]).toEqual([])
})
