/** What is done is undone when the workflow fails: the latest first, each knowing why, where and what it undoes. */
import { type Handler, TaskFailure } from '@holdfast/agent-sdk'
import type { Offer } from '@holdfast/shared/agent-protocol'
import type { WorkflowDetail } from '@holdfast/shared/http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

/** Rooms and crates of a move; the reckoning has nothing to undo, and the drive is what fails. */
const MOVE = `
name: move
steps:
  book: { type: task, capability: do, input: { what: '"van"' }, compensate: unbook }
  reckon: { type: task, capability: do, input: { what: '"price"' } }
  crates: { type: map, over: input.crates, each: { type: task, capability: do, input: { what: item }, compensate: unpack } }
  drive: { type: task, capability: drive, retry: none, compensate: drive-back }
  arrive: { type: task, capability: do, compensate: leave }
links:
  - { from: book, to: reckon }
  - { from: reckon, to: crates }
  - { from: crates, to: drive }
  - { from: drive, to: arrive }
compensations:
  unbook: { type: task, capability: undo, input: &why { undone: output, where: failure.step, why: failure.code, words: failure.message, end: failure.outcome } }
  unpack: { type: task, capability: undo, input: { crate: item, number: index, undone: output, why: failure.code } }
  drive-back: { type: task, capability: undo, input: *why }
  leave: { type: task, capability: undo, input: *why }
`
/** Side by side: what was completed last is undone first, whatever the order in which it is written. */
const BRANCHES = `
name: branches
steps:
  left: { type: task, capability: held, compensate: undo-left }
  right: { type: task, capability: held, compensate: undo-right }
  judge: { type: task, capability: drive, retry: none }
links:
  - { from: left, to: judge }
  - { from: right, to: judge }
compensations:
  undo-left: { type: task, capability: undo }
  undo-right: { type: task, capability: undo }
`
/** Undoing is tried again as its own policy says; what can't be undone doesn't keep the rest from it. */
const STUBBORN = `
name: stubborn
steps:
  first: { type: task, capability: do, compensate: undo-first }
  second: { type: task, capability: do, compensate: undo-second }
  third: { type: task, capability: do, compensate: undo-third }
  drive: { type: task, capability: drive, retry: none }
links:
  - { from: first, to: second }
  - { from: second, to: third }
  - { from: third, to: drive }
compensations:
  undo-first: { type: task, capability: undo }
  undo-second: { type: task, capability: refuse, retry: none }
  undo-third: { type: task, capability: stumble, retry: { maxAttempts: 3, initialDelayMs: 0, maxDelayMs: 0 } }
`
const STOP = `
name: stop
onFailure: stop
steps:
  first: { type: task, capability: do, compensate: undo-first }
  drive: { type: task, capability: drive, retry: none }
links:
  - { from: first, to: drive }
compensations:
  undo-first: { type: task, capability: undo }
`

let lone: Lone
let undone: Offer[] = []
const finish = new Map<string, () => void>()

const undo: Handler = (task) => {
  undone.push(task)
  return null
}
const skills: Readonly<Record<string, Handler>> = {
  do: ({ step, input }) => ({ did: step, input }),
  drive: () => {
    throw new TaskFailure('bridge-closed', 'the bridge is closed', false)
  },
  held: ({ step }, { signal }) =>
    new Promise((resolve, reject) => {
      finish.set(step, () => resolve(step))
      signal.addEventListener('abort', () => reject(signal.reason))
    }),
  undo,
  stumble: (task, context) => {
    if (task.attempt < 3) throw new TaskFailure('temporary', 'not yet')
    return undo(task, context)
  },
  refuse: (task, context) => {
    undo(task, context)
    throw new TaskFailure('stuck', 'it is stuck', false)
  },
}
beforeAll(async () => {
  const definitions = { 'move.yaml': MOVE, 'branches.yaml': BRANCHES, 'stubborn.yaml': STUBBORN, 'stop.yaml': STOP }
  lone = await openLoneGateway(undefined, definitions)
  await lone.gateway.hire('robot-1', skills, { capacity: 4 })
})
beforeEach(() => {
  undone = []
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api
const start = (definition: string, key: string, input: object = {}): Promise<string> =>
  api().start({ facility: 'harbour', definition, key, input })
const statuses = (detail: WorkflowDetail): object => Object.fromEntries(detail.steps.map(({ id, status }) => [id, status]))
const stepsOf = async (id: string, type: string): Promise<readonly (string | undefined)[]> =>
  (await api().history(id)).filter((entry) => entry.type === type).map(({ step }) => step)

test('RES-3 completed steps are undone one by one, the latest first; what failed and what never began is not', async () => {
  const done = await ended(api(), await start('move', 'backwards', { crates: ['books', 'cups'] }))
  expect(done).toMatchObject({ status: 'failed', error: { code: 'bridge-closed', message: 'the bridge is closed' } })
  const forward = (await stepsOf(done.id, 'step-succeeded')).filter((step) => step !== 'reckon' && step !== 'crates')
  expect(undone.map(({ step }) => step)).toEqual(forward.toReversed())
  expect(forward.toSorted()).toEqual(['book', 'crates/0', 'crates/1'])
  const types = (await api().history(done.id)).map(({ type }) => type)
  expect(types.filter((type) => type === 'compensating' || type === 'compensated')).toEqual(
    Array(3).fill(['compensating', 'compensated']).flat(),
  )
  expect(statuses(done)).toEqual({
    book: 'compensated',
    reckon: 'succeeded',
    crates: 'succeeded',
    'crates/0': 'compensated',
    'crates/1': 'compensated',
    drive: 'failed',
    arrive: 'cancelled',
  })
})

test('RES-3 who undoes is told the failed step, why it failed, how it will end, and what is to be undone', async () => {
  await ended(api(), await start('move', 'told', { crates: ['books'] }))
  const why = { where: 'drive', why: 'bridge-closed', words: 'the bridge is closed', end: 'failed' }
  expect(undone.map(({ step, purpose, input }) => ({ step, purpose, input }))).toEqual([
    {
      step: 'crates/0',
      purpose: 'compensate',
      input: { crate: 'books', number: 0, undone: { did: 'crates/0', input: { what: 'books' } }, why: 'bridge-closed' },
    },
    { step: 'book', purpose: 'compensate', input: { ...why, undone: { did: 'book', input: { what: 'van' } } } },
  ])
})

test.each([
  ['left', 'right'],
  ['right', 'left'],
])('RES-3 of two branches, %s completed before %s, the later is undone first', async (earlier, later) => {
  finish.clear()
  const id = await start('branches', earlier)
  await until('both to be at work', () => finish.size === 2)
  finish.get(earlier)?.()
  await until('the first to be done', async () => (await stepsOf(id, 'step-succeeded')).length === 1)
  finish.get(later)?.()
  await ended(api(), id)
  expect(undone.map(({ step }) => step)).toEqual([later, earlier])
})

test('RES-3 an undoing that fails is tried again; one that fails for good is told, and the rest is undone all the same', async () => {
  const done = await ended(api(), await start('stubborn', 'stubborn'))
  expect(undone.map(({ step, attempt }) => `${step} ${attempt}`)).toEqual(['third 3', 'second 1', 'first 1'])
  expect(statuses(done)).toEqual({ first: 'compensated', second: 'failed', third: 'compensated', drive: 'failed' })
  expect(done).toMatchObject({ status: 'failed', error: { code: 'bridge-closed' } })
  expect(await stepsOf(done.id, 'compensation-failed')).toEqual(['second'])
})

test('RES-3 a definition may say that a failure stops the workflow and undoes nothing', async () => {
  const done = await ended(api(), await start('stop', 'stop'))
  expect([done.status, statuses(done), undone]).toEqual(['failed', { first: 'succeeded', drive: 'failed' }, []])
})
