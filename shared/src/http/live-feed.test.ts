import { expect, test } from 'vitest'
import type { WatchedEvent } from '../engine/event-stream.ts'
import { liveFromServer } from './live.ts'
import { LiveFeed, type LiveLimits, type LiveSocket } from './live-feed.ts'
import type { Principal } from './principal.ts'
import { summaryOf, toyNode } from './toy-node.ts'
import type { WorkflowSummary } from './views.ts'

const ADMIN: Principal = { name: 'ada', role: 'admin', facilities: '*' }
const OF_A: Principal = { name: 'vera', role: 'viewer', facilities: ['harbour-a'] }

const world = (limits: Partial<LiveLimits> = {}, missed: readonly WatchedEvent[] = []) => {
  const node = toyNode({ missed })
  const timers: (() => void)[] = []
  const clock = {
    now: () => ({ wall: 7, monotonic: 0 }),
    after: (_delayMs: number, callback: () => void) => {
      timers.push(callback)
      return () => void timers.splice(timers.indexOf(callback), 1)
    },
  }
  const flush = (): void => {
    for (const timer of timers.splice(0)) timer()
  }
  return { node, timers, feed: new LiveFeed(node, clock, limits), flush }
}

const socketOf = () => {
  const sent: string[] = []
  const closes: number[] = []
  const socket = { sent, closes, bufferedBytes: 0, send: (text: string) => sent.push(text), close: (code: number) => closes.push(code) }
  return socket satisfies LiveSocket & object
}

const workflow = async (facility: string, key: string): Promise<WorkflowSummary> => {
  const node = toyNode()
  await node.start({ facility, key, definition: 'picking', priority: 'normal', input: {}, by: 'x' })
  const [made] = node.workflows.values()
  return summaryOf(made!.detail)
}

const heard = (socket: { readonly sent: readonly string[] }) =>
  socket.sent.slice(1).map((text) => {
    const message = liveFromServer.parse(JSON.parse(text))
    return message.type === 'workflow' ? message.workflow.title : message.type
  })

test('API-4 a socket is greeted, and hears nothing before it subscribes', async () => {
  const { node, feed, flush, timers } = world()
  const socket = socketOf()
  feed.connect(socket, ADMIN)
  node.publish({ type: 'workflow', workflow: await workflow('harbour-a', '1') })
  flush()
  expect(socket.sent).toEqual(['{"type":"hello","at":7}'])
  expect(timers).toEqual([])
})

test('API-4 F1 of a burst, the latest of each workflow is told once', async () => {
  const { node, feed, flush } = world()
  const socket = socketOf()
  feed.connect(socket, ADMIN).receive('{"type":"subscribe"}')
  const [one, two] = [await workflow('harbour-a', '1'), await workflow('harbour-b', '2')]
  for (const title of ['a', 'b', 'c']) node.publish({ type: 'workflow', workflow: { ...one, title } })
  node.publish({ type: 'workflow', workflow: { ...two, title: 'other' } })
  flush()
  expect(heard(socket)).toEqual(['c', 'other'])
  node.publish({ type: 'workflow', workflow: { ...one, title: 'd' } })
  flush()
  expect(heard(socket)).toEqual(['c', 'other', 'd'])
})

test('API-4 F2 a full socket gets the latest when it is free again', async () => {
  const { node, feed, flush } = world()
  const socket = socketOf()
  feed.connect(socket, ADMIN).receive('{"type":"subscribe"}')
  const one = await workflow('harbour-a', '1')
  socket.bufferedBytes = 2 ** 30
  node.publish({ type: 'workflow', workflow: { ...one, title: 'old' } })
  flush()
  node.publish({ type: 'workflow', workflow: { ...one, title: 'new' } })
  socket.bufferedBytes = 0
  flush()
  expect(heard(socket)).toEqual(['new'])
})

test('B14 GOV-4 F2 one who takes nothing is dropped in the end, others go on', async () => {
  const { node, feed, flush } = world({ maxSilentFlushes: 3 })
  const [deaf, good] = [socketOf(), socketOf()]
  for (const socket of [deaf, good]) feed.connect(socket, ADMIN).receive('{"type":"subscribe"}')
  deaf.bufferedBytes = 2 ** 30
  node.publish({ type: 'workflow', workflow: await workflow('harbour-a', '1') })
  for (let index = 0; index < 2; index += 1) flush()
  expect(deaf.closes).toEqual([])
  flush()
  expect([deaf.closes, good.closes, good.sent.length]).toEqual([[1013], [], 2])
})

test('B14 GOV-4 F2 one for whom too many things wait is dropped', async () => {
  const { node, feed } = world({ maxPending: 2 })
  const slow = socketOf()
  feed.connect(slow, OF_A).receive('{"type":"subscribe"}')
  const one = await workflow('harbour-a', '1')
  for (const id of ['x', 'y', 'x', 'y']) node.publish({ type: 'workflow', workflow: { ...one, id } })
  expect(slow.closes).toEqual([])
  node.publish({ type: 'workflow', workflow: { ...one, id: 'z' } })
  expect(slow.closes).toEqual([1013])
})

test('B24 F3 nothing of a foreign facility is told, and asking for one is refused', async () => {
  const { node, feed, flush } = world()
  const [scoped, asking] = [socketOf(), socketOf()]
  feed.connect(scoped, OF_A).receive('{"type":"subscribe"}')
  feed.connect(asking, OF_A).receive('{"type":"subscribe","facility":"harbour-b"}')
  node.publish({ type: 'workflow', workflow: await workflow('harbour-b', '1') })
  for (const facility of await node.facilities()) node.publish({ type: 'facility', facility })
  flush()
  expect(heard(scoped)).toEqual(['facility'])
  expect([asking.closes, asking.sent.length]).toEqual([[4404], 1])
})

test('API-4 the last subscription holds', async () => {
  const { node, feed, flush } = world()
  const socket = socketOf()
  const connection = feed.connect(socket, ADMIN)
  connection.receive('{"type":"subscribe","facility":"harbour-a"}')
  connection.receive('{"type":"subscribe","facility":"harbour-b"}')
  for (const name of ['a', 'b']) {
    node.publish({ type: 'workflow', workflow: { ...(await workflow(`harbour-${name}`, '1')), title: name } })
  }
  flush()
  expect(heard(socket)).toEqual(['b'])
})

test.each(['', '{', 'null', '[]', '{"type":"unsubscribe"}', '{"type":"subscribe","extra":1}', '{"type":"subscribe","facility":"../x"}'])(
  'B16 GOV-4 the message %j ends the socket, and only that',
  (text) => {
    const { feed } = world()
    const [bad, good] = [socketOf(), socketOf()]
    feed.connect(good, ADMIN).receive('{"type":"subscribe"}')
    feed.connect(bad, ADMIN).receive(text)
    expect([bad.closes, good.closes]).toEqual([[4400], []])
  },
)

test('B14 GOV-4 too big a message, and too many', () => {
  const { feed } = world()
  const [big, chatty] = [socketOf(), socketOf()]
  feed.connect(big, ADMIN).receive('x'.repeat(5_000))
  const connection = feed.connect(chatty, ADMIN)
  for (let index = 0; index < 100; index += 1) connection.receive('{"type":"subscribe"}')
  expect([big.closes, chatty.closes]).toEqual([[1009], [1008]])
})

test('a closed socket is forgotten, a closed feed listens no more', async () => {
  const { node, feed, flush, timers } = world()
  const [gone, left] = [socketOf(), socketOf()]
  const connection = feed.connect(gone, ADMIN)
  connection.receive('{"type":"subscribe"}')
  feed.connect(left, ADMIN).receive('{"type":"subscribe"}')
  node.publish({ type: 'workflow', workflow: await workflow('harbour-a', '1') })
  connection.closed()
  flush()
  expect([heard(gone).length, heard(left).length]).toEqual([0, 1])
  node.publish({ type: 'workflow', workflow: await workflow('harbour-a', '2') })
  feed.close()
  expect(timers).toEqual([])
})

const watched = (number: number, type: string, facility = 'harbour-a'): WatchedEvent => ({
  cursor: `1.${number}`,
  workflow: `w_${number % 2}`,
  facility,
  definition: number % 2 === 0 ? 'picking' : 'packing',
  position: number,
  at: number,
  by: 'r1',
  type,
  text: type,
  status: 'active.executing.step_execution',
  progress: { settled: 0, total: 1, percent: 0 },
})

const cursors = (socket: { readonly sent: readonly string[] }) =>
  socket.sent.slice(1).map((text) => {
    const message = liveFromServer.parse(JSON.parse(text))
    return message.type === 'event' ? message.event.cursor : message.type
  })

test('API-4 OBS-1 events are told one by one, in order, to whoever asked for such, and nothing of other facilities', () => {
  const { node, feed, flush } = world()
  const asked: Readonly<Record<string, object>> = {
    steps: { events: ['step'] },
    failures: { events: ['step.failed', 'workflow.failed'] },
    picking: { events: ['step'], definition: 'picking' },
    one: { events: ['step', 'workflow'], workflow: 'w_1' },
    states: {},
  }
  const sockets = Object.entries(asked).map(([name, wish]) => {
    const socket = socketOf()
    feed.connect(socket, OF_A).receive(JSON.stringify({ type: 'subscribe', ...wish }))
    return [name, socket] as const
  })
  const happened = ['step.started', 'step.failed', 'workflow.failed', 'step.failed']
  happened.forEach((type, index) => {
    node.publish({ type: 'event', event: watched(index + 1, type) })
  })
  node.publish({ type: 'event', event: watched(9, 'step.failed', 'harbour-b') })
  flush()
  expect(Object.fromEntries(sockets.map(([name, socket]) => [name, cursors(socket)]))).toEqual({
    steps: ['1.1', '1.2', '1.4'],
    failures: ['1.2', '1.3', '1.4'],
    picking: ['1.2', '1.4'],
    one: ['1.1', '1.3'],
    states: [],
  })
})

test('API-4 F4 who comes back goes on after its cursor, or hears that it is gone', () => {
  const missed = [1, 2, 3].map((number) => watched(number, 'step.started'))
  const { feed, flush } = world({}, missed)
  const back = socketOf()
  feed.connect(back, OF_A).receive('{"type":"subscribe","events":["step"],"after":"1.1"}')
  const lost = socketOf()
  feed.connect(lost, OF_A).receive('{"type":"subscribe","events":["step"],"after":"7.1"}')
  flush()
  expect(cursors(back)).toEqual(['1.2', '1.3'])
  expect(cursors(lost)).toEqual(['reset'])
})
