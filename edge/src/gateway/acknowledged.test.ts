import { ENGINE_SCHEMAS } from '@holdfast/shared/engine'
import { oldestIn, pendingIn } from '@holdfast/shared/link'
import { openMemoryStore } from '@holdfast/shared/store/memory'
import { expect, test } from 'vitest'
import { StillClock } from '../agents/toy-gateway.ts'
import { AcknowledgedRows } from './acknowledged.ts'

const appended = (origin: string, count: number) => ({
  appends: Array.from({ length: count }, () => ({ document: 'w_1', home: 'harbour', origin, update: new Uint8Array([1]) })),
  puts: [],
  removals: [],
  expected: new Map(),
})

test('I12 a gateway that begins while cut off knows what is pending, and since when', async () => {
  const store = openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })
  const clock = new StillClock()
  const rows = new AcknowledgedRows(store, clock)
  await store.commit(appended('gateway', 4))
  expect(pendingIn(await rows.backlogOf('harbour', 'cloud'))).toBe(4)
  rows.note('harbour', 2)
  rows.note('harbour', 3)
  clock.pass(1_000)

  await store.commit(appended('cloud', 2))
  await store.commit(appended('gateway', 700))
  clock.pass(60_000)
  const backlog = await new AcknowledgedRows(store, clock).backlogOf('harbour', 'cloud')
  expect([pendingIn(backlog), oldestIn(backlog), backlog.acknowledged]).toEqual([701, 1_000, 3])
})
