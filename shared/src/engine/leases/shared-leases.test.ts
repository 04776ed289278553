/** Two coordinators grant leases from one store. */
import { expect, test } from 'vitest'
import type { Lease } from '../../consistency/lease.ts'
import { openMemoryStore } from '../../store/memory/index.ts'
import { ENGINE_SCHEMAS } from '../open.ts'
import { ControlledStore, HOME, ManualClock } from '../test-support.ts'
import { LeaseOffice } from './lease-office.ts'

const setUp = async () => {
  const inner = openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })
  const clock = new ManualClock()
  const enrolments = new Map([[HOME, { home: HOME, nodes: ['first', 'second'], holdover: { kind: 'until-released' } as const }]])
  const office = async () => {
    const moved: Lease[] = []
    const store = new ControlledStore(inner)
    const parts = { store, clock, enrolments, handedOver: async () => undefined, onMoved: (lease: Lease) => moved.push(lease) }
    return { store, moved, desk: await LeaseOffice.open(parts) }
  }
  return [await office(), await office()] as const
}

test('SYN-7 E51 A1 what two grant at the same moment is granted one after the other: no epoch twice', async () => {
  const [a, b] = await setUp()
  await a.desk.ask(HOME, 'first', undefined)
  for (const { store } of [a, b]) store.hold()
  const granting = [a, b].map(({ desk }, n) => desk.declareLost(HOME, { by: 'ann', reason: 'fire', heir: n === 0 ? 'first' : 'second' }))
  await new Promise((resolve) => setImmediate(resolve))
  for (const { store } of [a, b]) store.release()
  const granted = (await Promise.all(granting)).map((each) => (each.ok ? each.value.epoch : 0))
  expect(granted.toSorted()).toEqual([2, 3])
})

test('SYN-7 E51 what another coordinator has granted is known after a look, and told to who is connected here', async () => {
  const [a, b] = await setUp()
  await a.desk.ask(HOME, 'first', undefined)
  await a.desk.declareLost(HOME, { by: 'ann', reason: 'fire', heir: 'second' })
  expect(b.desk.epochGranted(HOME, 'second')).toBe(0)
  await b.desk.refresh()
  expect([b.desk.epochGranted(HOME, 'second'), b.desk.leaseOf(HOME)?.holder]).toEqual([2, 'second'])
  expect(b.moved.map(({ epoch }) => epoch)).toEqual([2])
  await b.desk.refresh()
  expect(b.moved).toHaveLength(1)
})
