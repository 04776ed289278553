/** There is only so much of most things: what may begin waits for it in a fair order, says for what, and gives it back however it ends. */
import { type Handler, TaskFailure } from '@holdfast/agent-sdk'
import { breakerView, resourceView } from '@holdfast/shared/http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const DEFINITIONS = {
  'docking.yaml': `
name: docking
steps:
  unload: { type: task, capability: hold, timeoutMs: 60s, leaseMs: 60s, needs: [{ resource: dock }] }
`,
  'wide.yaml': `
name: wide
limits: { concurrency: 2 }
steps:
  all: { type: map, over: input.items, each: { type: task, capability: hold, timeoutMs: 60s, leaseMs: 60s } }
`,
  'guarded.yaml': `
name: guarded
steps:
  pay: { type: task, capability: fail, retry: none, breaker: { threshold: { failures: 2 }, openMs: 1h } }
  invoice: { type: task, capability: note }
links: [{ from: pay, to: invoice, trigger: fail }]
`,
  'paced.yaml': `
name: paced
steps:
  all: { type: map, over: input.items, each: { type: task, capability: note, rate: { perSecond: 10 } } }
`,
  'promised.yaml': `
name: promised
sla: { breachMs: 1h }
steps:
  slow: { type: task, capability: hold, timeoutMs: 60s, leaseMs: 60s, sla: { atRiskMs: 200ms, breachMs: 3s } }
`,
}

let lone: Lone
/** What holds its task, by workflow key and step, until the test lets it go. */
const held = new Map<string, () => void>()
const noted: number[] = []

const hold: Handler = ({ workflow, step }, { signal }) =>
  new Promise((resolve, reject) => {
    const key = `${workflow} ${step}`
    const leave = (): void => void held.delete(key)
    held.set(key, () => {
      leave()
      resolve(null)
    })
    signal.addEventListener('abort', () => {
      leave()
      reject(signal.reason)
    })
  })
const note: Handler = async () => {
  noted.push(performance.now())
  return null
}
const fail: Handler = () => {
  throw new TaskFailure('jam', 'it is jammed', false)
}

const LIMITS = { resources: { dock: 1 }, concurrency: { byType: { task: 6 } } }

beforeAll(async () => {
  lone = await openLoneGateway(undefined, DEFINITIONS, { limits: LIMITS })
  await lone.gateway.hire('robot-1', { hold, note, fail }, { capacity: 20 })
})
beforeEach(() => {
  noted.length = 0
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api
const start = (definition: string, key: string, input: unknown = null): Promise<string> =>
  api().start({ facility: 'harbour', definition, key, input })
const letGo = async (workflow: string, step: string): Promise<void> => {
  await until(`${step} of ${workflow} to be held`, () => {
    const go = held.get(`${workflow} ${step}`)
    go?.()
    return go !== undefined
  })
}
const itemsOf = ({ body }: Answer): readonly unknown[] => {
  const items = member(body, 'items')
  return Array.isArray(items) ? items : []
}
const dock = async () => {
  const all = itemsOf(await api().ask('GET', '/resources')).map((item) => resourceView.parse(item))
  return all.find(({ name }) => name === 'dock')
}
const breaker = async () => {
  const all = itemsOf(await api().ask('GET', '/circuit-breakers')).map((item) => breakerView.parse(item))
  return all.find(({ name }) => name === 'guarded:pay')
}

describe('resources', () => {
  test('LIM-4 DEF-3 SM-1 who needs what another holds waits for it, and says so; the gateway may die in between', async () => {
    const first = await start('docking', 'order-1')
    const second = await start('docking', 'order-2')
    await until('the first to hold the dock', () => held.has(`${first} unload`))
    const waiting = await until('the second to wait', async () => {
      const detail = await api().get(second)
      return detail.status === 'active.waiting_for_resource' && detail
    })
    expect(waiting.steps[0]).toMatchObject({
      status: 'waiting_for_resource',
      waitsFor: 'unload waits for dock (1 of 1 held by order-1/unload).',
    })
    const before = await dock()
    expect(before).toMatchObject({
      capacity: 1,
      held: 1,
      holders: [{ workflow: first, name: 'order-1/unload', amount: 1 }],
      waiters: [{ workflow: second, name: 'order-2/unload', starving: false }],
    })
    await lone.gateway.kill()
    await lone.gateway.restart()
    expect(await dock()).toEqual(before)
    await letGo(first, 'unload')
    expect((await ended(api(), first)).status).toBe('completed')
    await letGo(second, 'unload')
    expect((await ended(api(), second)).status).toBe('completed')
    expect(await dock()).toMatchObject({ held: 0, holders: [], waiters: [] })
  })

  test('LIM-4 a cancel gives back what was held once the robot has stopped', async () => {
    const first = await start('docking', 'cancelled')
    const second = await start('docking', 'next')
    await until('the first to hold the dock', () => held.has(`${first} unload`))
    expect((await api().ask('DELETE', `/workflows/${first}`, { reason: 'not needed' })).status).toBe(200)
    await letGo(second, 'unload')
    expect((await ended(api(), second)).status).toBe('completed')
  })
})

describe('so many at once', () => {
  test('LIM-1 of one workflow no more than its definition says', async () => {
    const workflow = await start('wide', 'wide', { items: [0, 1, 2, 3, 4] })
    const atWork = () => [...held.keys()].filter((key) => key.startsWith(workflow))
    for (let done = 0; done < 5; done += 1) {
      await until('as many as may be to be at work', () => atWork().length === Math.min(2, 5 - done))
      const [first = ''] = atWork()
      held.get(first)?.()
    }
    expect((await ended(api(), workflow)).status).toBe('completed')
    const offered = (await api().history(workflow)).filter(({ type }) => type === 'offered' || type === 'step-succeeded')
    let open = 0
    for (const { type } of offered.slice(0, -1)) {
      open += type === 'offered' ? 1 : -1
      expect(open).toBeLessThanOrEqual(2)
    }
  })

  test('LIM-1 of a step type no more than the gateway says, over all workflows', async () => {
    const workflows = await Promise.all([0, 1, 2, 3].map((n) => start('wide', `many-${n}`, { items: [0, 1] })))
    const atWork = () => [...held.keys()].filter((key) => workflows.some((workflow) => key.startsWith(workflow)))
    await until('six to be at work', () => atWork().length === 6)
    let most = 0
    await until('all to end', async () => {
      most = Math.max(most, atWork().length)
      const [first] = atWork()
      if (first !== undefined) held.get(first)?.()
      return (await Promise.all(workflows.map((id) => api().get(id)))).every(({ status }) => status === 'completed')
    })
    expect(most).toBe(6)
  })
})

test('LIM-1 LIM-2 of workflows under way no more than the gateway says: the rest waits in order of priority, and too many are sent away', async () => {
  const small = await openLoneGateway(undefined, DEFINITIONS, { limits: { workflows: { atOnce: 1, waiting: 2 } } })
  try {
    await small.gateway.hire('robot-1', { hold }, { capacity: 5 })
    const begin = (key: string, priority: 'low' | 'critical') =>
      small.gateway.api.start({ facility: 'harbour', definition: 'promised', key, priority, input: null })
    const [first, low, critical] = [await begin('first', 'low'), await begin('low', 'low'), await begin('critical', 'critical')]
    expect((await small.gateway.api.get(low)).status).toBe('pending')
    const more = await small.gateway.api.ask('POST', '/workflows', { facility: 'harbour', definition: 'promised', key: 'more' })
    expect([more.status, member(more.body, 'type')]).toEqual([503, 'urn:holdfast:problem:too-many-waiting'])
    await letGo(first, 'slow')
    await letGo(critical, 'slow')
    await letGo(low, 'slow')
    const [a, b, c] = await Promise.all([first, critical, low].map((id) => ended(small.gateway.api, id)))
    const startedAt = async (id: string | undefined) =>
      (await small.gateway.api.history(id ?? '')).find(({ type }) => type === 'started')?.at ?? 0
    expect(await startedAt(b?.id)).toBeGreaterThanOrEqual(a?.endedAt ?? 0)
    expect(await startedAt(c?.id)).toBeGreaterThanOrEqual(b?.endedAt ?? 0)
  } finally {
    await small.stop()
  }
})

test('LIM-3 a step begins as often as its rate says, and not more', async () => {
  const workflow = await start('paced', 'paced', { items: Array.from({ length: 25 }, (_, n) => n) })
  expect((await ended(api(), workflow)).status).toBe('completed')
  const offers = (await api().history(workflow)).filter(({ type }) => type === 'offered').map(({ at }) => at)
  expect(offers).toHaveLength(25)
  // 24 of them after the first, a tenth of a second apart; a loaded machine may be late, never early.
  expect((offers.at(-1) ?? 0) - (offers[0] ?? 0)).toBeGreaterThanOrEqual(2_400 - 2)
})

describe('circuit breakers', () => {
  test('RES-4 what keeps failing is not tried: the fallback takes over at once, also after a crash, until somebody resets it', async () => {
    for (const key of ['one', 'two']) await ended(api(), await start('guarded', key))
    expect(await breaker()).toMatchObject({ facility: 'harbour', state: 'open', opened: 1 })
    const payAttempts = async (key: string): Promise<readonly string[]> => {
      const done = await ended(api(), await start('guarded', key))
      expect([done.status, done.steps[0]?.error?.code]).toEqual(['completed', expect.stringMatching(/circuit-open|jam/)])
      const history = await api().history(done.id)
      return history.filter(({ step, type }) => step === 'pay' && type === 'offered').map(({ type }) => type)
    }
    expect(await payAttempts('three')).toEqual([])
    await lone.gateway.kill()
    await lone.gateway.restart()
    expect(await payAttempts('four')).toEqual([])
    expect((await api().ask('POST', '/circuit-breakers/guarded:nothing/reset')).status).toBe(404)
    const reset = await api().ask('POST', '/circuit-breakers/guarded:pay/reset')
    expect([reset.status, breakerView.parse(reset.body).state]).toEqual([200, 'closed'])
    expect(await payAttempts('five')).toEqual(['offered'])
    expect(lone.gateway.log()).toContain('guarded:pay keeps failing at harbour')
  })
})

test('LIM-5 an end that was promised is told of when it is at risk and when the promise is broken; the work goes on', async () => {
  const workflow = await start('promised', 'late')
  const told = await until('both to be told', async () => {
    const lines = (await api().history(workflow)).filter(({ type }) => type.startsWith('deadline-'))
    return lines.length >= 4 && lines
  })
  expect(told.map(({ type }) => type)).toEqual(['deadline-set', 'deadline-set', 'deadline-at-risk', 'deadline-breached'])
  await letGo(workflow, 'slow')
  expect((await ended(api(), workflow)).status).toBe('completed')
  expect(lone.gateway.log()).toContain('did not end in the time that was promised')
})
