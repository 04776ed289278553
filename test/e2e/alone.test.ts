/** A gateway that has no hub, or can't reach it, does its work all the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

/** Nobody listens on port 1; the connection is refused at once, again and again. */
const UNREACHABLE = 'ws://127.0.0.1:1/link'

describe.each([
  ['without any hub', undefined],
  ['with a hub that never answers', UNREACHABLE],
])('a gateway %s', (_how, hubUrl) => {
  let lone: Lone
  beforeAll(async () => {
    lone = await openLoneGateway(hubUrl)
    await lone.gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' }, { capacity: 4 })
  })
  afterAll(() => lone.stop())

  test('SYN-1 EX-1 EX-5 it starts, runs and finishes workflows', async () => {
    const { api } = lone.gateway
    const ids = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => api.start({ facility: 'harbour', definition: 'errand', key: `e${n}`, input: { n } })),
    )
    for (const [index, id] of ids.entries()) {
      const done = await ended(api, id)
      expect(done).toMatchObject({
        status: 'completed',
        output: { went: 'there', back: 'here' },
        progress: { percent: 100 },
        behind: false,
      })
      expect(done.steps.find((step) => step.id === 'go')).toMatchObject({ input: { n: index + 1 }, status: 'succeeded' })
    }
  })

  test('SYN-1 it says that it is well, and how its line stands', async () => {
    const health = await until('the line to have been tried', async () => {
      const said = await (await fetch(`${lone.gateway.url}/health`)).json()
      return hubUrl === undefined || said.explain.includes('last error') ? said : undefined
    })
    expect(health).toMatchObject({ status: 'ok', ready: true, node: 'harbour-gateway' })
    expect(health.explain).toMatch(hubUrl === undefined ? 'no hub configured' : /line \S+, [1-9]\d* pending, oldest \d+ ms, last error: /)
    expect((await fetch(`${lone.gateway.url}/ready`)).status).toBe(200)
    expect(await lone.gateway.api.facilities()).toMatchObject([{ id: 'harbour', connected: false }])
  })
})
