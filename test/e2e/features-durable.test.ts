/** SIGKILL right after a transition was acknowledged: it is there after the restart, whole, with its timers, offers and messages. */
import type { Handler } from '@holdfast/agent-sdk'
import type { HistoryEntry } from '@holdfast/shared/http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answer, member, workflowOf } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const VIGIL = `
name: vigil
steps:
  nap: { type: wait, on: { kind: time, delayMs: 300ms } }
  errand: { type: task, capability: work, leaseMs: 60s }
`
const CALLED = `
name: called
steps:
  call: { type: wait, on: { kind: signal, signal: called } }
  first: { type: task, capability: work, leaseMs: 60s, timeoutMs: 60s }
  second: { type: task, capability: more, leaseMs: 60s, timeoutMs: 60s }
links:
  - { from: call, to: first }
  - { from: first, to: second }
`
const BRIEF = `
name: brief
steps:
  first: { type: task, capability: work, leaseMs: 60s, timeoutMs: 1500ms, retry: none }
`

let lone: Lone
beforeEach(async () => {
  lone = await openLoneGateway(undefined, { 'vigil.yaml': VIGIL, 'called.yaml': CALLED, 'brief.yaml': BRIEF })
})
afterEach(() => lone.stop())

const api = () => lone.gateway.api
const killAndRestart = async (): Promise<void> => {
  await lone.gateway.kill()
  await lone.gateway.restart()
}
const start = (definition: string): Promise<Answer> =>
  api().ask('POST', '/workflows', { facility: 'harbour', definition, key: 'k', input: {} })
const of = (history: readonly HistoryEntry[], type: string, step: string): readonly HistoryEntry[] =>
  history.filter((entry) => entry.type === type && entry.step === step)

/** What an agent did, task by task. */
const notebook = () => {
  const done: string[] = []
  const skill: Handler = ({ task }) => {
    done.push(task)
    return 'done'
  }
  return { done, skill }
}

/** A skill that goes on until it is told to stop. */
const holder = () => {
  const told: string[] = []
  const hold: Handler = ({ task }, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        told.push(task)
        reject(new Error('stopped'))
      })
    })
  return { told, hold }
}

test('SM-3 a start: its timer fires and its offer is made, each once', async () => {
  const { done, skill } = notebook()
  await lone.gateway.hire('robot-1', { work: skill })
  const answer = await start('vigil')
  await killAndRestart()
  expect(answer.status).toBe(201)
  const { id } = workflowOf(answer.body)
  expect(await ended(api(), id)).toMatchObject({ status: 'completed' })
  const history = await api().history(id)
  expect(history.slice(0, 2).map(({ type }) => type)).toEqual(['created', 'started'])
  const [nap, ...more] = of(history, 'running', 'nap')
  expect(more).toEqual([])
  const dueAt = member(member(nap?.data, 'awaits'), 'until')
  expect(dueAt).toBe((nap?.at ?? 0) + 300)
  expect(of(history, 'step-succeeded', 'nap').map(({ at }) => at >= Number(dueAt))).toEqual([true])
  expect(of(history, 'step-succeeded', 'errand')).toHaveLength(1)
  expect(new Set(done).size).toBe(1)
})

test('SM-3 a signal: what waited goes on, and what follows is offered', async () => {
  const { done, skill } = notebook()
  const { id } = workflowOf((await start('called')).body)
  await lone.gateway.hire('robot-1', { work: skill, more: skill })
  const answer = await api().ask('POST', `/workflows/${id}/signal`, { name: 'called', id: 's1', payload: { by: 'phone' } })
  await killAndRestart()
  expect(answer.status).toBe(200)
  expect(await ended(api(), id)).toMatchObject({ status: 'completed', steps: [{ id: 'call', output: { by: 'phone' } }, {}, {}] })
  expect((await api().history(id)).filter(({ type }) => type === 'signalled')).toHaveLength(1)
  expect(done).toHaveLength(2)
})

test('SM-3 a pause holds through a kill, and so does the resume', async () => {
  const { done, skill } = notebook()
  const { id } = workflowOf((await start('called')).body)
  expect((await api().ask('POST', `/workflows/${id}/pause`)).status).toBe(200)
  await killAndRestart()
  await api().ask('POST', `/workflows/${id}/signal`, { name: 'called', id: 's1', payload: null })
  await lone.gateway.hire('robot-1', { work: skill, more: skill })
  await until('the agent to be there', async () => (await api().agents()).some(({ present }) => present))
  expect(await api().get(id)).toMatchObject({ status: 'paused', steps: [{ status: 'succeeded' }, { status: 'ready' }, {}] })
  expect((await api().ask('POST', `/workflows/${id}/resume`)).status).toBe(200)
  await killAndRestart()
  expect(await ended(api(), id)).toMatchObject({ status: 'completed' })
  expect(done).toHaveLength(2)
})

test('SM-3 a cancel: the agent at work is told to stop, though the gateway died before or after it said so', async () => {
  const { told, hold } = holder()
  await lone.gateway.hire('robot-1', { work: hold })
  const { id } = workflowOf((await start('vigil')).body)
  await until('it to be at work', async () =>
    (await api().get(id)).steps.some(({ id: step, status }) => step === 'errand' && status === 'running'),
  )
  const answer = await api().ask('DELETE', `/workflows/${id}`, { reason: 'not needed' })
  await killAndRestart()
  expect(answer.status).toBe(200)
  expect(await ended(api(), id)).toMatchObject({ status: 'cancelled', error: { message: 'not needed' } })
  expect(told).toHaveLength(1)
})

test("SM-3 an agent's result, once recorded: the next step is offered", async () => {
  const { done, skill } = notebook()
  const agent = await lone.gateway.hire('robot-1', { work: skill })
  const recorded = new Promise((resolve) => agent.on('recorded', resolve))
  const { id } = workflowOf((await start('called')).body)
  await api().ask('POST', `/workflows/${id}/signal`, { name: 'called', id: 's1', payload: null })
  await recorded
  await killAndRestart()
  expect((await api().get(id)).steps).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded', output: 'done' }, { status: 'ready' }])
  await lone.gateway.hire('robot-2', { more: skill })
  expect(await ended(api(), id)).toMatchObject({ status: 'completed' })
  expect(done).toHaveLength(2)
})

test('SM-3 an acceptance: the timeout of the attempt still runs out', async () => {
  await lone.gateway.hire('robot-1', { work: holder().hold })
  const { id } = workflowOf((await start('brief')).body)
  await until('it to be at work', async () => (await api().get(id)).steps[0]?.status === 'running')
  await killAndRestart()
  expect(await ended(api(), id)).toMatchObject({ status: 'failed', error: { code: 'timeout' } })
  const history = await api().history(id)
  const [running, ...more] = of(history, 'running', 'first')
  expect(more).toEqual([])
  const dueAt = member(running?.data, 'dueAt')
  expect(dueAt).toBe((running?.at ?? 0) + 1_500)
  expect(of(history, 'step-failed', 'first').map(({ at }) => at >= Number(dueAt))).toEqual([true])
})
