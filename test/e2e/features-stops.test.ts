/** Agents of a gateway that asks for a sign of life only every ten minutes: what they are told meanwhile, they are told at once. */
import type { Handler } from '@holdfast/agent-sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const DRIVES = `
name: drives
steps:
  there: { type: task, capability: drive, leaseMs: 1h, timeoutMs: 1h }
  back: { type: task, capability: drive, leaseMs: 1h, timeoutMs: 1h }
`

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'drives.yaml': DRIVES }, { heartbeatMs: 600_000 })
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api

/** Drives until it is told to stop. */
const drive: Handler = ({ workflow }, { signal }) =>
  new Promise((_, reject) => {
    begun.push(workflow)
    signal.addEventListener('abort', () => {
      stopped.push(`${workflow} ${signal.reason instanceof Error ? signal.reason.message : ''}`)
      reject(signal.reason)
    })
  })
const begun: string[] = []
const stopped: string[] = []

const driving = async (key: string): Promise<string> => {
  const id = await api().start({ facility: 'harbour', definition: 'drives', key })
  await until('both to drive', () => begun.filter((each) => each === id).length === 2)
  return id
}

test('EX-7 terminated or cancelled, a workflow has its agents stop at once, long before they would next be heard of', async () => {
  await lone.gateway.hire('robot-1', { drive }, { capacity: 4 })
  const terminated = await driving('terminated')
  await api().ask('POST', `/workflows/${terminated}/terminate`, { reason: 'fire' })
  await until('both to stop', () => stopped.length === 2)
  expect(stopped).toEqual(Array(2).fill(`${terminated} its workflow has ended`))

  const cancelled = await driving('cancelled')
  await api().ask('DELETE', `/workflows/${cancelled}`, { reason: 'not needed' })
  expect((await ended(api(), cancelled)).status).toBe('cancelled')
  expect(stopped.slice(2)).toEqual(Array(2).fill(`${cancelled} not needed`))
})
