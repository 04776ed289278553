import { expect, test } from 'vitest'
import { fixedAuthority } from '../consistency/fixed.ts'
import { parseDefinition } from '../definition/index.ts'
import type { Performer } from '../ports/performer.ts'
import type { Store } from '../ports/store.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import { ok } from '../values/result.ts'
import { auditStore } from './audit.ts'
import { ENGINE_SCHEMAS, openEngine } from './open.ts'
import { WORKFLOWS } from './summary.ts'
import { ControlledStore, define, TASK, TestNode } from './test-support.ts'

const definition = parseDefinition(`
name: two
steps:
  a: {type: function, function: echo}
  b: {type: function, function: echo}
links: [{from: a, to: b}]
`)

const echo: Performer = { safety: 'idempotent', perform: async ({ input }) => ok(input) }

/** A store with one finished workflow in it. */
const finished = async (): Promise<{ store: Store; workflow: string }> => {
  if (!definition.ok) throw new Error(definition.error.map(({ message }) => message).join('; '))
  const store = openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })
  const opened = await openEngine({
    node: 'gateway',
    nodeNumber: 1,
    authority: fixedAuthority(['plant']),
    store,
    clock: {
      now: () => ({ wall: 1_000, monotonic: 0 }),
      after: (_, callback) => {
        queueMicrotask(callback)
        return () => {}
      },
    },
    random: { u32: () => 7 },
    definitions: [definition.value],
    functions: new Map([['echo', echo]]),
    heartbeatMs: 1_000,
    rightsOf: () => {
      throw new Error('nobody is linked')
    },
  })
  if (!opened.ok) throw new Error(opened.error.message)
  const { engine } = opened.value
  const workflow = workflowIdOf('plant', 'k')
  const ended = new Promise<void>((resolve) => {
    engine.onCommitted(({ summaries }) => {
      if (summaries.some(({ open }) => !open)) resolve()
    })
  })
  const { hash } = definition.value
  const command = { type: 'create', home: 'plant', key: 'k', definition: hash, title: 't', priority: 'normal', input: { n: 1 } } as const
  await engine.submit({ kind: 'will', workflow, home: 'plant', command, by: 'test', reason: '' })
  await ended
  await engine.close()
  return { store, workflow }
}

const problemsOf = async (store: Store): Promise<readonly (string | undefined)[]> => {
  const problems: (string | undefined)[] = []
  for await (const { problem } of auditStore(store)) problems.push(problem)
  return problems
}

test('PER-1 an untouched log verifies', async () => {
  const { store } = await finished()
  expect(await problemsOf(store)).toEqual([undefined])
})

test('PER-1 a log that lost its end is found', async () => {
  const { store, workflow } = await finished()
  const whole = await store.document(workflow)
  const shorter: Store = { ...bound(store), document: async () => whole && { ...whole, updates: whole.updates.slice(0, -1) } }
  expect((await problemsOf(shorter))[0]).toMatch(/entries, and had/)
})

test('PER-1 a head that is not the log’s is found', async () => {
  const { store, workflow } = await finished()
  const row = await store.get(WORKFLOWS, workflow)
  if (typeof row !== 'object' || row === null) throw new Error('there is a row')
  const put = { collection: WORKFLOWS, key: workflow, value: { ...row, head: '00'.repeat(32) } }
  await store.commit({ appends: [], puts: [put], removals: [], expected: new Map() })
  expect(await problemsOf(store)).toEqual(['its entries are not the ones that were written'])
})

test('PER-1 the log of a home’s own document is verified too', async () => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
  const move = define({ steps: { a: TASK } })
  const first = await TestNode.open({ store, definitions: [move] })
  await first.agent('r1')
  await first.start(move)
  const second = await first.restart()
  await second.agent('r2')
  expect(await problemsOf(store)).toEqual([undefined, undefined])

  const home = await store.document('h_harbour')
  const cut: Store = {
    ...bound(store),
    document: async (id) =>
      id === 'h_harbour' ? home && { ...home, updates: home.updates.map((update) => update.slice(0, -1)) } : store.document(id),
  }
  expect(await problemsOf(cut)).toEqual([undefined, expect.any(String)])
})

const bound = (store: Store): Store => ({
  generation: store.generation,
  commit: (batch) => store.commit(batch),
  document: (id) => store.document(id),
  get: (collection, key) => store.get(collection, key),
  list: (collection, query) => store.list(collection, query),
  feed: (home, after, limit) => store.feed(home, after, limit),
  feedEnd: (home) => store.feedEnd(home),
  close: () => store.close(),
})
