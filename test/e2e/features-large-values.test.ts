/** What is large goes through a workflow whole, and through its log by reference: on the gateway, after a restart, and in the cloud. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Handler } from '@holdfast/agent-sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Api, member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway, openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'

const SURVEY = `
name: survey
steps:
  scan: { type: task, capability: scan, validate: "size(output.points) == 20000", timeoutMs: 60s, leaseMs: 30s }
  thin: { type: task, capability: echo, input: { all: steps.scan.output.points }, timeoutMs: 60s, leaseMs: 30s }
  hold: { type: wait, on: { kind: signal, signal: go }, timeoutMs: 1h }
  use: { type: task, capability: echo, input: { points: steps.thin.output.all, note: steps.hold.output }, timeoutMs: 60s, leaseMs: 30s }
links:
  - { from: scan, to: thin }
  - { from: thin, to: hold }
  - { from: hold, to: use }
output: { count: "size(steps.use.output.points)" }
`
const POINTS = Array.from({ length: 20_000 }, (_, n) => n % 1_000)
const SCAN_BYTES = JSON.stringify({ points: POINTS }).length

const scan: Handler = () => ({ points: POINTS })
const stepOf = async (api: Api, id: string, name: string) => (await api.get(id)).steps.find((step) => step.id === name)
const waitsAt = (api: Api, id: string, name: string): Promise<unknown> =>
  until(`${name} to run`, async () => (await stepOf(api, id, name))?.status === 'running')

const go = async (api: Api, id: string, payload: unknown): Promise<void> => {
  expect((await api.ask('POST', `/workflows/${id}/signal`, { name: 'go', id: '1', payload })).status).toBe(200)
}

const valueAt = async (api: Api, id: string, reference: unknown): Promise<unknown> =>
  (await api.ask('GET', `/workflows/${id}/values/${String(member(reference, '$value'))}`)).body

describe('on a gateway', () => {
  let lone: Lone
  beforeEach(async () => {
    lone = await openLoneGateway(undefined, { 'survey.yaml': SURVEY })
  })
  afterEach(() => lone.stop())

  test('EX-5 EX-14 a large output is judged whole, kept out of the log, and given whole to who needs it after a kill', async () => {
    const inputs: unknown[] = []
    const echo: Handler = ({ input }) => {
      inputs.push(input)
      return input
    }
    const { gateway, folder } = lone
    await gateway.hire('robot-1', { scan, echo })
    const id = await gateway.api.start({ facility: 'harbour', definition: 'survey', key: 'k' })
    await waitsAt(gateway.api, id, 'hold')
    await gateway.kill()
    await gateway.restart()
    const large = { text: 'x'.repeat(50_000) }
    await go(gateway.api, id, large)
    const done = await ended(gateway.api, id)
    expect([done.status, done.output]).toEqual(['completed', { count: POINTS.length }])
    expect(inputs).toEqual([{ all: POINTS }, { points: POINTS, note: large }])

    expect(JSON.stringify(await gateway.api.history(id)).length).toBeLessThan(12_000)
    const output = (await stepOf(gateway.api, id, 'scan'))?.output
    expect(output).toEqual({ $value: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: SCAN_BYTES })
    expect(await valueAt(gateway.api, id, output)).toEqual({ points: POINTS })
    expect(await gateway.api.ask('GET', `/workflows/${id}/values/${'0'.repeat(64)}`)).toMatchObject({ status: 404 })
    await gateway.stop()
    // Three values of different shapes, and the signal's twice: each once, although inputs and outputs name them seven times.
    expect(statSync(join(folder, 'harbour.db')).size).toBeLessThan(4 * SCAN_BYTES + 400_000)
  })

  test('EX-5 data in the shape of a reference is only data, and leads nowhere', async () => {
    const { gateway } = lone
    const secret = { points: POINTS }
    await gateway.hire('robot-1', { scan: () => secret, echo: ({ input }) => input })
    const first = await gateway.api.start({ facility: 'harbour', definition: 'survey', key: 'first' })
    await waitsAt(gateway.api, first, 'hold')
    const reference = (await stepOf(gateway.api, first, 'scan'))?.output
    await go(gateway.api, first, reference)
    const done = await ended(gateway.api, first)
    const input = done.steps.find(({ id }) => id === 'use')?.input
    expect(await valueAt(gateway.api, first, input)).toEqual({ points: POINTS, note: reference })
    const shown = done.steps.find(({ id }) => id === 'hold')?.output
    expect(shown).not.toEqual(reference)
    expect(await valueAt(gateway.api, first, shown)).toEqual(reference)
  })
})

describe('in the cloud', () => {
  let site: Site
  beforeEach(async () => {
    site = await openSite()
  })
  afterEach(() => site.stop())

  test('EX-5 SYN-1 the coordinator holds what its copy of a log names, also once the line is cut; a large input started there arrives', async () => {
    const { gateway, proxy } = site.member('harbour')
    const inputs: unknown[] = []
    const back: Handler = ({ input }) => {
      inputs.push(input)
      return null
    }
    await gateway.hire('robot-1', { go: scan, 'come-back': back })
    const input = { n: 1, plan: 'p'.repeat(50_000) }
    const id = await site.cloud.start({ facility: 'harbour', definition: 'errand', key: 'k', input })
    const done = await ended(site.cloud, id)
    proxy.set('cut')
    expect([done.status, inputs]).toEqual(['completed', [{ went: { points: POINTS } }]])
    expect(await valueAt(site.cloud, id, done.input)).toEqual(input)
    expect(await valueAt(site.cloud, id, done.output)).toEqual({ went: { points: POINTS }, back: null })
    expect(await valueAt(site.cloud, id, (await stepOf(site.cloud, id, 'go'))?.output)).toEqual({ points: POINTS })
    proxy.set('open')
  })
})
