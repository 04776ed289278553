/** Agents at a real gateway: who is there, who goes silent, who is slow, who finishes while the gateway is down. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Handler } from '@holdfast/agent-sdk'
import { openTcpProxy } from '@holdfast/shared/testing/tcp-proxy'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway, openSite } from '../support/site.ts'
import { until } from '../support/until.ts'

describe('agents and their tasks', () => {
  let lone: Lone
  beforeEach(async () => {
    lone = await openLoneGateway()
  })
  afterEach(() => lone.stop())

  const start = (definition: string, key: string) => lone.gateway.api.start({ facility: 'harbour', definition, key, input: { n: 1 } })

  test('EX-6 an attempt that takes too long is stopped, tried again, and at last fails as a timeout', async () => {
    const stops: string[] = []
    await lone.gateway.hire('robot-1', {
      go: async (task, { signal }) => {
        await sleep(60_000, undefined, { signal }).catch(() => stops.push(task.task))
        return 'too late'
      },
    })
    const id = await start('impatient', 'k1')
    const done = await ended(lone.gateway.api, id)
    expect(done).toMatchObject({ status: 'failed', error: { code: 'timeout' }, steps: [{ id: 'go', status: 'failed' }] })
    await until('the agent to be told twice', () => stops.length === 2)
    expect(new Set(stops).size).toBe(2)
  })

  test('RES-6 EX-10 a silent agent loses its task to another; its late result is kept and applied once', async () => {
    const { gateway } = lone
    const hands: string[] = []
    let finish: (value: string) => void = () => {}
    const line = await openTcpProxy({ host: '127.0.0.1', port: Number(new URL(gateway.url).port) })
    const go: Handler = (task) => {
      hands.push(`robot-1 ${task.attempt}`)
      return new Promise((resolve) => {
        finish = resolve
      })
    }
    const silent = await gateway.hire('robot-1', { go }, { gatewayUrl: `ws://127.0.0.1:${line.port}/agents` })
    const id = await start('short-lease', 'k1')
    await until('the first to begin', () => hands.length === 1)
    const released = new Promise<void>((resolve) => silent.on('finished', () => resolve()))
    line.set('silent')
    await gateway.hire('robot-2', {
      go: (task) => {
        hands.push(`robot-2 ${task.attempt}`)
        return 'done by the second'
      },
    })
    await until('the second to have done it', async () => (await gateway.api.get(id)).steps[0]?.status === 'succeeded')
    finish('done by the first')
    await released
    line.set('open')
    const late = await until('the late result to be written down', async () =>
      (await gateway.api.history(id)).find(({ type }) => type === 'late-result'),
    )
    expect(late).toMatchObject({ step: 'go', data: { attempt: 1, succeeded: true, output: 'done by the first' } })
    await gateway.hire('robot-3', { 'come-back': () => 'back' })
    const done = await ended(gateway.api, id)
    expect(done.steps[0]).toMatchObject({ status: 'succeeded', output: 'done by the second', agent: 'robot-2' })
    const history = await gateway.api.history(id)
    expect(history.filter(({ type }) => type === 'late-result')).toHaveLength(1)
    expect(history.filter(({ type, step }) => type === 'step-succeeded' && step === 'go')).toHaveLength(1)
    expect(hands).toEqual(['robot-1 1', 'robot-2 2'])
    await line.close()
  })

  test('COO-9 COO-13 work goes on while the gateway is down, and its result is delivered once', async () => {
    const { gateway } = lone
    const begun: string[] = []
    let finish: () => void = () => {}
    const agent = await gateway.hire('robot-1', {
      go: (task) => {
        begun.push(task.task)
        return new Promise((resolve) => {
          finish = () => resolve('done in the dark')
        })
      },
      'come-back': () => 'back',
    })
    const id = await start('errand', 'k1')
    await until('it to be accepted', async () => (await gateway.api.get(id)).steps[0]?.status === 'running')
    await gateway.kill()
    const finished = new Promise<void>((resolve) => agent.on('finished', () => resolve()))
    finish()
    await finished
    await gateway.restart()
    expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed', output: { went: 'done in the dark', back: 'back' } })
    expect(begun).toHaveLength(1)
    const succeeded = (await gateway.api.history(id)).filter(({ type, step }) => type === 'step-succeeded' && step === 'go')
    expect(succeeded).toHaveLength(1)
  })
})

test('COO-1 agents are seen with what they can do and whether they are there, at the gateway and in the cloud', async () => {
  const site = await openSite()
  try {
    const { gateway } = site.member('harbour')
    const robot = await gateway.hire('robot-1', { go: () => null, lift: () => null }, { capacity: 3, position: { x: 1, y: 2 } })
    const there = await until('the cloud to see it', async () => (await site.cloud.agents()).find(({ present }) => present))
    expect(there).toMatchObject({ id: 'robot-1', facility: 'harbour', kind: 'robot', capabilities: ['go', 'lift'], capacity: 3 })
    expect(await gateway.api.agents()).toMatchObject([{ id: 'robot-1', present: true, position: { x: 1, y: 2 }, tasks: [] }])
    await robot.close()
    await until('both to see it go', async () =>
      [...(await gateway.api.agents()), ...(await site.cloud.agents())].every(({ present }) => !present),
    )
    await gateway.hire('robot-2', { go: () => null })
    await until('the second to be seen', async () => (await site.cloud.agents()).some(({ id, present }) => id === 'robot-2' && present))
    await gateway.kill()
    await gateway.restart()
    await until('it to be back after the restart', async () =>
      (await gateway.api.agents()).some(({ id, present }) => id === 'robot-2' && present),
    )
  } finally {
    await site.stop()
  }
})
