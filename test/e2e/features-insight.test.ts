/** What can be seen of work under way: events as they happen, times, the graph, what is left; through the API of real nodes. */
import { graphView, metricsView, systemView } from '@holdfast/shared/http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Api } from '../support/api.ts'
import { ended, openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'
import { watch } from '../support/watch.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
  await site.member('harbour').gateway.hire('robot-1', { go: async () => null, 'come-back': async () => null })
})
afterAll(() => site.stop())

const api = (): Api => site.member('harbour').gateway.api
const start = (key: string): Promise<string> =>
  api().start({ facility: 'harbour', definition: 'tour', key, input: { stops: ['a', 'b', 'c'] } })
const release = (id: string) => api().ask('POST', `/workflows/${id}/signal`, { name: 'released', id: 's' })
const look = async (path: string, node = api()): Promise<unknown> => {
  const { status, body } = await node.ask('GET', path)
  expect([path, status]).toEqual([path, 200])
  return body
}
const metrics = async (id: string) => metricsView.parse(await look(`/workflows/${id}/metrics`))

test('OBS-1 SM-7 a watcher hears every event of a workflow from its start to its end, on the gateway and in the cloud', async () => {
  const watches = await Promise.all([api(), site.cloud].map((node) => watch(node, { events: ['workflow', 'step'] })))
  const id = await start('watched')
  await release(id)
  await ended(api(), id)
  const history = await api().history(id)
  for (const each of watches) {
    const events = () => each.events().filter(({ workflow }) => workflow === id)
    await until('the end to be told', () => events().some(({ type }) => type === 'workflow.completed'))
    expect(events().map(({ position, by, at, text }) => ({ position, by, at, text }))).toEqual(
      history.map(({ position, by, at, text }) => ({ position, by, at, text })),
    )
    expect(events().at(-1)?.progress.percent).toBe(100)
    each.close()
  }
})

test('OBS-1 API-4 who lost the connection goes on from its cursor: nothing is missed and nothing told twice', async () => {
  const wish = { events: ['step'], definition: 'tour' }
  const all = await watch(api(), wish)
  const first = await watch(api(), wish)
  await start('before')
  await until('something to be heard', () => first.events().length >= 3)
  first.close()
  await start('between')
  await until('more to be heard', () => all.events().length > first.events().length + 3)
  const again = await watch(api(), { ...wish, after: first.events().at(-1)?.cursor ?? '' })
  await until('both to have heard the same', () => again.events().length + first.events().length >= all.events().length)
  expect([...first.events(), ...again.events()]).toEqual(all.events().slice(0, first.events().length + again.events().length))
  const lost = await watch(api(), { ...wish, after: '1.999999' })
  await until('a reset', () => lost.messages.some(({ type }) => type === 'reset'))
  for (const each of [all, again, lost]) each.close()
})

test('OBS-2 progress counts what has settled, and what is left is known once such a workflow has completed', async () => {
  const done = await start('teacher')
  await release(done)
  await ended(api(), done)
  const id = await start('pupil')
  await until('all stops to be made', async () => (await api().get(id)).progress.settled === 4)
  const { progress } = await api().get(id)
  expect(progress).toEqual({ settled: 4, total: 6, percent: 66 })
  const { percent, remainingMs } = await metrics(id)
  expect(percent).toBe(66)
  expect(remainingMs).toBeGreaterThanOrEqual(0)
  await release(id)
  await ended(api(), id)
  expect(await metrics(id)).toMatchObject({ percent: 100 })
  expect((await metrics(id)).remainingMs).toBeUndefined()
})

test('OBS-3 times, attempts and the graph of a workflow under way, while it goes on', async () => {
  const id = await start('seen')
  await until('it to wait for its release', async () => (await api().get(id)).status === 'active.synchronizing')
  const { steps, failures } = await metrics(id)
  expect(steps.map(({ id: step }) => step)).toEqual(['stops', 'stops/0', 'stops/1', 'stops/2', 'released'])
  expect(steps.slice(1, 4).map(({ attempts }) => attempts)).toEqual([1, 1, 1])
  expect(failures).toBe(0)
  const { nodes, edges } = graphView.parse(await look(`/workflows/${id}/graph`))
  expect(nodes.map(({ id: step, level, status }) => [step, level, status])).toEqual([
    ['stops', 0, 'succeeded'],
    ['released', 1, 'running'],
    ['report', 2, 'pending'],
  ])
  expect(edges.map(({ from, to, state }) => [from, to, state])).toEqual([
    ['stops', 'released', 'sent'],
    ['released', 'report', 'undecided'],
  ])
  const { queues } = systemView.parse(await look('/performance/system'))
  expect(queues).toMatchObject({ inputs: expect.any(Number), offers: 0, tasks: 0, calls: 0 })
})

test('OBS-3 GOV-4 a workflow that is not there has neither times nor a graph', async () => {
  for (const view of ['metrics', 'graph']) expect((await api().ask('GET', `/workflows/w_${'0'.repeat(32)}/${view}`)).status).toBe(404)
})
