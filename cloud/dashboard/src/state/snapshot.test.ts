import { expect, test } from 'vitest'
import type { Client, ListQuery } from '../api/client.ts'
import { makeFacility, makeWorkflow } from './make.ts'
import { takeSnapshot } from './snapshot.ts'

const never = () => Promise.reject(new Error('not asked for'))

const clientWith = (workflows: Client['workflows']): Client => ({
  workflows,
  facilities: async () => ({ ok: true, value: { items: [makeFacility({ id: 'lyon' })] } }),
  workflow: never,
  history: never,
  cancel: never,
  ticket: never,
})

const page = (query: ListQuery, length: number) => {
  const from = query.cursor ?? '0'
  return Array.from({ length }, (_, index) => makeWorkflow({ id: `${query.status ?? 'any'}/${from}/${index}` }))
}

test('pages of what is open are followed; of what has ended only the newest is taken, and it is said', async () => {
  const client = clientWith(async (query) => {
    const at = Number(query.cursor ?? 0)
    const more = query.status === 'active' ? at < 2 : query.status === undefined
    return { ok: true, value: { items: page(query, more ? 200 : 3), ...(more ? { next: String(at + 1) } : {}) } }
  })
  const answer = await takeSnapshot(client)
  expect(answer.ok && answer.value.workflows.length).toBe(3 + 403 + 3 + 200)
  expect(answer.ok && answer.value.truncated).toBe(true)
})

test('a workflow found in two parts is held once', async () => {
  const client = clientWith(async () => ({ ok: true, value: { items: [makeWorkflow({ id: 'same' })] } }))
  expect(await takeSnapshot(client)).toMatchObject({ ok: true, value: { workflows: [{ id: 'same' }], truncated: false } })
})

test('one part that fails fails the whole: a partial snapshot would make workflows vanish', async () => {
  const client = clientWith(async ({ status }) =>
    status === 'paused' ? { ok: false, failure: { kind: 'unreachable' } } : { ok: true, value: { items: [] } },
  )
  expect(await takeSnapshot(client)).toEqual({ ok: false, failure: { kind: 'unreachable' } })
})
