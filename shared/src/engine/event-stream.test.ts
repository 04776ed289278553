import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { EventStream, type WatchedEvent } from './event-stream.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { StepTimes } from './step-times.ts'
import { ControlledStore, define, TASK, TestNode } from './test-support.ts'

const MOVE = define({ steps: { pick: TASK, pack: TASK }, links: [{ from: 'pick', to: 'pack' }] })

const open = (): Promise<TestNode> => {
  const inner = openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })
  return TestNode.open({ store: new ControlledStore(inner), definitions: [MOVE] })
}

const watch = (stream: EventStream) => {
  const seen: WatchedEvent[] = []
  return {
    seen,
    types: () => seen.map(({ type, step }) => (step === undefined ? type : `${type} ${step}`)),
    stop: stream.subscribe((event) => seen.push(event)),
  }
}

describe('OBS-1 what happens is told', () => {
  test('OBS-1 each entry once, in order, with its place in the history and how far the workflow is', async () => {
    const node = await open()
    const stream = new EventStream(node.engine)
    const { seen, types } = watch(stream)
    const workflow = await node.start(MOVE)
    const agent = await node.agent('r1')
    await agent.accept(agent.offers[0] ?? '')
    await agent.succeed(agent.offers[0] ?? '')
    expect(types().slice(0, 3)).toEqual(['workflow.created', 'workflow.started', 'step.ready pick'])
    expect(types()).toContain('step.started pick')
    expect(types()).toContain('step.completed pick')
    expect(seen.map(({ position }) => position)).toEqual(seen.map((_, index) => index + 1))
    expect(new Set(seen.map((event) => event.workflow))).toEqual(new Set([workflow]))
    expect(seen.at(-1)?.progress).toEqual({ settled: 1, total: 2, percent: 50 })
  })

  test('OBS-1 nothing is told before it is durable, and nothing of a commit that failed', async () => {
    const node = await open()
    const stream = new EventStream(node.engine)
    const { seen } = watch(stream)
    node.store.failNext({ code: 'disk-full', message: 'full' })
    await expect(node.start(MOVE)).rejects.toThrow()
    expect(seen).toEqual([])
    node.store.hold()
    const started = node.start(MOVE, {}, 'again')
    await node.clock.advance(0)
    expect(seen).toEqual([])
    node.store.release()
    await started
    expect(seen[0]?.type).toBe('workflow.created')
  })

  test('OBS-1 who comes back with a cursor hears what it missed and nothing twice; an unknown cursor is gone', async () => {
    const node = await open()
    const stream = new EventStream(node.engine)
    const all = watch(stream)
    const first = watch(stream)
    await node.start(MOVE)
    first.stop()
    await node.start(MOVE, {}, 'second')
    const cursor = first.seen.at(-1)?.cursor ?? ''
    expect(stream.after(cursor)).toEqual(all.seen.slice(first.seen.length))
    expect(stream.after(all.seen.at(-1)?.cursor ?? '')).toEqual([])
    for (const strange of ['', 'x', '9.1', '1.-1', '1.100000', '1.NaN']) expect(stream.after(strange)).toBe('gone')
    const next = await node.restart()
    expect(new EventStream(next.engine).after(cursor)).toBe('gone')
  })

  test('OBS-1 a thousand watchers come and go and leave nothing behind; one that throws disturbs nobody', async () => {
    const node = await open()
    const stream = new EventStream(node.engine)
    const { seen } = watch(stream)
    stream.subscribe(() => {
      throw new Error('mine')
    })
    const stops = Array.from({ length: 1_000 }, () => stream.subscribe(() => {}))
    await node.start(MOVE)
    expect(seen.length).toBeGreaterThan(0)
    for (const stop of stops) stop()
    expect(stream.watchers).toBe(2)
    stream.close()
    expect(stream.watchers).toBe(0)
  })

  test('OBS-1 of very many events the oldest are let go, and their cursors are gone', async () => {
    const node = await open()
    const stream = new EventStream(node.engine)
    const { seen } = watch(stream)
    for (let count = 0; seen.length < 5_000; count += 1) await node.start(MOVE, {}, `k${count}`)
    expect(stream.after(seen[0]?.cursor ?? '')).toBe('gone')
    expect(stream.after(seen.at(-100)?.cursor ?? '')).toHaveLength(99)
  })
})

describe('OBS-2 what is usual', () => {
  test('OBS-2 is learned from what completed, and the latest runs count most', async () => {
    const node = await open()
    const times = new StepTimes(node.engine, node.clock)
    const agent = await node.agent('r1')
    const run = async (key: string, pickMs: number): Promise<void> => {
      await node.start(MOVE, {}, key)
      for (const ms of [pickMs, 5]) {
        const task = agent.offers.at(-1) ?? ''
        await agent.accept(task)
        await node.clock.advance(ms)
        await agent.succeed(task)
      }
    }
    expect(times.of(MOVE.hash)(0)).toBeUndefined()
    await run('first', 100)
    expect(times.of(MOVE.hash)(0)?.workingMs).toBe(100)
    expect(times.of(MOVE.hash)(1)?.workingMs).toBe(5)
    for (let count = 0; count < 60; count += 1) {
      await node.clock.advance(1_000)
      await run(`later${count}`, 300)
    }
    expect(times.of(MOVE.hash)(0)?.workingMs).toBeGreaterThan(290)
  })
})
