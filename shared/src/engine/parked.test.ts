import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { collect } from '../testing/collect.ts'
import { ENGINE_SCHEMAS } from './index.ts'
import { standingPuts } from './rebuild.ts'
import { COUNTS, OPEN } from './standing.ts'
import { ControlledStore, define, HOME, TASK, TestNode } from './test-support.ts'

const HOUR_MS = 3_600_000

const waiting = define({ name: 'waiting', steps: { wait: { type: 'wait', on: { kind: 'signal', signal: 'go' }, timeoutMs: 2 * HOUR_MS } } })
const sleeping = define({ name: 'sleeping', steps: { sleep: { type: 'wait', on: { kind: 'time', delayMs: HOUR_MS } } } })
const working = define({ name: 'working', steps: { a: TASK } })

const open = () => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
  return TestNode.open({ store, definitions: [waiting, sleeping, working] })
}

/** As if so much else had gone on that no idle document was left in memory. */
const forget = (node: TestNode, ...ids: readonly string[]): void => {
  for (const id of ids) node.engine.units.evict(id)
}

const rows = async (node: TestNode, collection: string) => node.store.list(collection, { limit: 100 })

describe('parked workflows', () => {
  test('E5 one that waits for a signal or a moment is parked; one at work is not; an ended one leaves no row', async () => {
    const node = await open()
    const [waits, sleeps, works] = [
      await node.start(waiting, {}, 'w'),
      await node.start(sleeping, {}, 's'),
      await node.start(working, {}, 'x'),
    ]
    const parked = Object.fromEntries((await rows(node, OPEN)).map(({ key, value }) => [key, value]))
    const now = node.clock.now().wall
    expect(parked).toEqual({
      [waits]: { home: HOME, parked: true, waits: false, wakeAt: now + 2 * HOUR_MS },
      [sleeps]: { home: HOME, parked: true, waits: false, wakeAt: now + HOUR_MS },
      [works]: { home: HOME, parked: false, waits: false },
    })
    await node.clock.advance(HOUR_MS)
    expect((await rows(node, OPEN)).map(({ key }) => key)).not.toContain(sleeps)
    expect((await rows(node, COUNTS)).map(({ value }) => value)).toEqual([{ open: 2, completed: 1, failed: 0, cancelled: 0 }])
  })

  test('E5 a parked workflow that is not in memory takes its signal, and rings at its moment', async () => {
    const node = await open()
    const [waits, sleeps] = [await node.start(waiting, {}, 'w'), await node.start(sleeping, {}, 's')]
    forget(node, waits, sleeps)
    await node.will(waits, { type: 'signal', name: 'go', id: '1', payload: 7 })
    expect((await node.state(waits)).status).toBe('completed')
    await node.clock.advance(HOUR_MS)
    expect((await node.state(sleeps)).status).toBe('completed')
  })

  test('PER-3 E5 a new life reads no parked workflow until its moment comes, and none comes too late', async () => {
    const node = await open()
    const [waits, sleeps, works] = [
      await node.start(waiting, {}, 'w'),
      await node.start(sleeping, {}, 's'),
      await node.start(working, {}, 'x'),
    ]
    await node.clock.advance(HOUR_MS / 2)
    const next = await node.restart()
    expect([waits, sleeps, works].map((id) => next.engine.units.peek(id) !== undefined)).toEqual([false, false, true])
    await next.clock.advance(HOUR_MS / 2)
    expect((await next.engine.summary(sleeps))?.status).toBe('completed')
    await next.clock.advance(2 * HOUR_MS)
    expect((await next.state(waits)).turnedBack?.error.code).toBe('timeout')
  })

  test('E8 a timer of a parked workflow that rang for nothing is set again', async () => {
    const node = await open()
    const sleeps = await node.start(sleeping, {}, 's')
    node.clock.jump(-HOUR_MS / 2)
    forget(node, sleeps)
    await node.clock.advance(HOUR_MS)
    expect((await node.state(sleeps)).status).toBe('active')
    await node.clock.advance(HOUR_MS / 2 + 1_000)
    expect((await node.state(sleeps)).status).toBe('completed')
  })

  test('PER-3 a store without the rows of a new life gets them from the rows of its workflows', async () => {
    const node = await open()
    const sleeps = await node.start(sleeping, {}, 's')
    const works = await node.start(working, {}, 'x')
    const puts = await standingPuts(node.store)
    const { store } = node
    const removals = (await rows(node, OPEN)).map(({ key }) => ({ collection: OPEN, key }))
    await store.commit({ appends: [], puts: [{ collection: 'node', key: 'life', value: { life: 1 } }], removals, expected: new Map() })
    const next = await node.restart()
    expect(puts.map(({ collection, key }) => [collection, key]).sort()).toEqual(
      [
        [COUNTS, HOME],
        [OPEN, sleeps],
        [OPEN, works],
      ].sort(),
    )
    expect((await collect(next.engine.summaries())).length).toBe(2)
    expect(next.engine.countsOf(HOME).open).toBe(2)
    await next.clock.advance(HOUR_MS)
    expect((await next.state(sleeps)).status).toBe('completed')
  })
})
