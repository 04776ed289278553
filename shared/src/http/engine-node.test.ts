import { expect, test } from 'vitest'
import { RuleShelf } from '../conflict/rules/shelf.ts'
import { fixedAuthority, NO_AUTHORITY } from '../consistency/fixed.ts'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import { Reader } from '../engine/reader.ts'
import { RuleBook } from '../engine/rule-book.ts'
import { Scheduler } from '../engine/schedules/scheduler.ts'
import { ControlledStore, define, HOME, TASK, TestNode } from '../engine/test-support.ts'
import type { Clock } from '../ports/clock.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { collect } from '../testing/collect.ts'
import { workflowIdOf } from '../values/ids.ts'
import { createEngineNode } from './engine-node.ts'
import { toyApi } from './toy-api.ts'
import { toyAuthority } from './toy-authority.ts'
import { toyLibrary } from './toy-library.ts'

const definition = define({ name: 'picking', steps: { a: TASK } })
const id = workflowIdOf(HOME, 'k')
const admin = { Authorization: 'Bearer admin' }

const newStore = () => new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))

/** Time stands still: what is to be done at once is done, and what is for later never comes. */
const clock: Clock = {
  now: () => ({ wall: 1_000, monotonic: 0 }),
  after: (delayMs, callback) => {
    if (delayMs === 0) queueMicrotask(callback)
    return () => {}
  },
}

/** The API of a gateway, or of a coordinator that knows the facility without being its authority. */
const open = async (authority = fixedAuthority([HOME]), store = newStore()) => {
  const host = await TestNode.open({ store, definitions: [definition], authority, clock })
  const reports: string[] = []
  const workflows = { open: 0, completed: 0, failed: 0, cancelled: 0 }
  const node = createEngineNode({
    authority: toyAuthority([HOME]),
    engine: host.engine,
    rules: new RuleBook(host.engine, store, new RuleShelf()),
    clock,
    freshness: () => ({ asOf: 0, behind: false }),
    reader: new Reader({ engine: host.engine, store, clock, caller: undefined, isHub: true }),
    facilities: () => [{ id: HOME, title: 'Harbour', connected: true, workflows }],
    onFacility: () => () => {},
    health: () => ({ status: 'ok', ready: true, node: 'node' }),
    library: toyLibrary(),
    scheduler: await Scheduler.open({ engine: host.engine, store, clock }),
  })
  const { ask } = toyApi({ node, report: (error) => reports.push(error.message) })
  const start = (facility: string) => ask('POST', '/api/v1/workflows', { facility, definition: 'picking', key: 'k' }, admin)
  return { host, ask, start, reports }
}

test('API-1 a start at a facility that nobody here knows is refused, not proposed for ever', async () => {
  for (const [authority, status] of [
    [fixedAuthority([HOME]), 201],
    [NO_AUTHORITY, 202],
  ] as const) {
    const { start, host } = await open(authority)
    const refused = await start('harbor')
    expect([refused.status, (await refused.json()).type]).toEqual([422, 'urn:holdfast:problem:unknown-facility'])
    expect(await collect(host.engine.summaries())).toEqual([])
    expect((await start(HOME)).status).toBe(status)
  }
})

test('API-1 PER-1 a document that can not be read is a fault to look into, not a workflow that is not there', async () => {
  const store = newStore()
  const before = await open(undefined, store)
  await before.start(HOME)
  await before.host.engine.close()
  store.document = async () => ({ home: HOME, version: 1, updates: [new Uint8Array([1, 2, 3])] })
  const { ask, reports } = await open(undefined, store)
  for (const path of [`/api/v1/workflows/${id}`, `/api/v1/workflows/${id}/history`]) {
    const answer = await ask('GET', path, undefined, admin)
    expect([answer.status, (await answer.json()).requestId]).toEqual([500, expect.any(String)])
  }
  expect(reports).toEqual([expect.stringContaining('document-corrupt'), expect.stringContaining('document-corrupt')])
})
