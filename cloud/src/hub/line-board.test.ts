import type { ChildCondition } from '@holdfast/shared/engine'
import type { Clock, Store } from '@holdfast/shared/ports'
import { openMemoryStore } from '@holdfast/shared/store/memory'
import { expect, test } from 'vitest'
import { LineBoard } from './line-board.ts'

const awaited: ChildCondition = {
  state: 'awaited',
  pending: 9,
  oldestMs: undefined,
  lastError: undefined,
  nextTryInMs: undefined,
  waitingMs: undefined,
  lastHeardAt: undefined,
}

const manual = () => {
  let now = 0
  let timers: { readonly at: number; readonly callback: () => void }[] = []
  const clock: Clock = {
    now: () => ({ wall: now, monotonic: now }),
    after: (delayMs, callback) => {
      const timer = { at: now + delayMs, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
  }
  const pass = async (ms: number): Promise<void> => {
    for (const end = now + ms; now < end; ) {
      now += 500
      const due = timers.filter(({ at }) => at <= now)
      timers = timers.filter(({ at }) => at > now)
      for (const { callback } of due) callback()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { clock, pass }
}

const coordinator = (life: number, store: Store, clock: Clock) => {
  let own = awaited
  const changes: string[] = []
  const board = new LineBoard({
    life,
    store,
    clock,
    gateways: ['gate'],
    condition: () => own,
    onChange: (gateway) => changes.push(gateway),
  })
  return {
    board,
    changes,
    set: (condition: Partial<ChildCondition>) => {
      own = { ...own, ...condition }
      return board.changed('gate')
    },
  }
}

const setUp = () => {
  const { clock, pass } = manual()
  const store = openMemoryStore({ schemas: [{ name: 'node', indices: [] }], generation: 'g' })
  return { pass, clock, a: coordinator(1, store, clock), b: coordinator(2, store, clock) }
}

test('API-9 OBS-1 a line that one coordinator holds is shown by the others as it shows it', async () => {
  const { a, b, pass, clock } = setUp()
  await a.set({ state: 'live', lastHeardAt: 100, pending: 3 })
  await pass(4_000)
  expect(b.board.condition('gate')).toMatchObject({ state: 'live', lastHeardAt: 100, pending: 3 })
  expect(b.changes).toEqual(['gate'])
  await a.set({ state: 'awaited', lastHeardAt: 4_000, pending: 5 })
  await pass(4_000)
  expect(b.board.condition('gate')).toMatchObject({ state: 'awaited', lastHeardAt: 4_000, pending: 5 })
  await b.set({ state: 'live', lastHeardAt: clock.now().wall, pending: 0 })
  await pass(4_000)
  expect([a, b].map(({ board }) => board.condition('gate').state)).toEqual(['live', 'live'])
})

test('API-9 OBS-1 the line of a coordinator that died without a word is not shown as live for long', async () => {
  const { a, b, pass } = setUp()
  await a.set({ state: 'live', lastHeardAt: 100 })
  await pass(4_000)
  a.board.close()
  await pass(3_000)
  expect(b.board.condition('gate').state).toBe('live')
  await pass(6_000)
  expect(b.board.condition('gate')).toMatchObject({ state: 'awaited', lastHeardAt: 100 })
  expect(b.changes).toEqual(['gate', 'gate'])
})
