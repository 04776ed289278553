/** The SDK and the agent server together, over a real socket. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Agent, ai, human, memoryJournal, robot } from '@holdfast/agent-sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway, until } from './toy-gateway.ts'

let gateway: ToyGateway
let folder: string
let agents: Agent[] = []
beforeEach(async () => {
  gateway = await startToyGateway()
  folder = await mkdtemp(join(tmpdir(), 'agent-'))
})
afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.close({ abort: true })))
  agents = []
  await gateway.stop()
  await rm(folder, { recursive: true })
})

const timing = { firstRetryMs: 5, longestRetryMs: 20 }

const common = (id = 'r1') => ({ id, gatewayUrl: gateway.url, token: `${id}~harbour`, timing })

/** A robot whose moves end when the test says so. */
const startRobot = async (journal = join(folder, 'journal')) => {
  const moves = new Map<string, () => void>()
  const begun: string[] = []
  const move = (task: { readonly task: string }): Promise<string> => {
    begun.push(task.task)
    return new Promise((resolve) => moves.set(task.task, () => resolve(`moved ${task.task}`)))
  }
  const agent = await robot({ ...common(), capacity: 3, journal, skills: { move } })
  agents.push(agent)
  return { agent, begun, finish: (task: string) => moves.get(task)?.() }
}

/** The gateway goes away and comes back on the same port, with the same knowledge. */
const restart = async (gate = gateway.gate): Promise<void> => {
  const { port } = gateway
  await gateway.stop()
  gateway = await startToyGateway(gate, {}, port)
}

const connections = (): number => gateway.gate.log.filter((line) => line === 'connected r1').length

describe('the SDK over a socket', () => {
  test('COO-9 COO-1 a task is offered, accepted, done, recorded', async () => {
    const { finish } = await startRobot()
    await until(() => connections() === 1)
    gateway.gate.offer('r1', 't1')
    await until(() => gateway.gate.accepted.has('t1'))
    finish('t1')
    await until(() => gateway.gate.results.length === 1)
    expect(gateway.gate.results).toEqual([{ task: 't1', outcome: { ok: true, output: 'moved t1' } }])
  })

  test('COO-9 COO-13 work goes on through a cut, and its result is delivered once', async () => {
    const { begun, finish, agent } = await startRobot()
    await until(() => connections() === 1)
    gateway.gate.offer('r1', 't1')
    await until(() => gateway.gate.accepted.has('t1'))
    const { port, gate } = gateway
    await gateway.stop()
    const finished = new Promise((resolve) => agent.on('finished', resolve))
    finish('t1')
    await finished
    gateway = await startToyGateway(gate, {}, port)
    await until(() => gate.results.length === 1)
    expect(gate.profiles.get('r1')?.holding).toEqual(['t1'])
    // A third connection proves that nothing is left to say.
    await restart()
    await until(() => connections() === 3)
    expect(gate.profiles.get('r1')?.holding).toEqual([])
    expect([gate.results.length, begun]).toEqual([1, ['t1']])
  })

  test('EX-10 a result whose acknowledgement was lost is sent again, the same, and the work is not', async () => {
    gateway.gate.records = false
    const { begun, finish } = await startRobot()
    await until(() => connections() === 1)
    gateway.gate.offer('r1', 't1')
    await until(() => gateway.gate.accepted.has('t1'))
    finish('t1')
    await until(() => gateway.gate.results.length === 1)
    gateway.gate.records = true
    await restart()
    await until(() => gateway.gate.results.length >= 2)
    expect(new Set(gateway.gate.results.map((result) => JSON.stringify(result)))).toHaveProperty('size', 1)
    expect(begun).toEqual(['t1'])
  })

  test('COO-9 an agent that starts again delivers what its journal holds', async () => {
    gateway.gate.records = false
    const first = await startRobot()
    await until(() => connections() === 1)
    gateway.gate.offer('r1', 't1')
    await until(() => gateway.gate.accepted.has('t1'))
    first.finish('t1')
    await until(() => gateway.gate.results.length === 1)
    await first.agent.close()
    gateway.gate.records = true
    const second = await startRobot()
    await until(() => gateway.gate.results.length >= 2)
    expect(gateway.gate.results.at(-1)).toEqual({ task: 't1', outcome: { ok: true, output: 'moved t1' } })
    expect(second.begun).toEqual([])
  })

  test('COO-9 a replaced agent leaves and does not fight for its place', async () => {
    const first = await startRobot(join(folder, 'first'))
    await until(() => connections() === 1)
    await startRobot(join(folder, 'second'))
    await first.agent.ended
    expect(connections()).toBe(2)
  })

  test('COO-9 a position that is none is refused to whoever gave it, and the last good one stands', async () => {
    const { agent } = await startRobot()
    agent.moveTo({ x: 1, y: 2 })
    for (const wrong of [
      { x: Number.NaN, y: 0 },
      { x: 0, y: Infinity },
      { x: 0, y: 0, map: '\ud83d' },
    ]) {
      expect(() => agent.moveTo(wrong)).toThrow(RangeError)
    }
    await until(() => connections() === 1)
    expect(gateway.gate.profiles.get('r1')?.position).toEqual({ x: 1, y: 2 })
    await expect(robot({ ...common('r2'), journal: memoryJournal(), skills: {}, position: { x: Number.NaN, y: 0 } })).rejects.toThrow(
      RangeError,
    )
  })

  test('GOV-4 an agent with a wrong token is refused with 401 and waits', async () => {
    const agent = await robot({ ...common(), token: 'wrong', journal: memoryJournal(), skills: {} })
    agents.push(agent)
    const cut = await new Promise((resolve) => agent.on('cut', resolve))
    expect(cut).toMatchObject({ code: 4401, retryInMs: timing.longestRetryMs })
  })

  test('COO-9 what a handler throws or returns wrongly becomes a failure', async () => {
    const skills = {
      throws: () => {
        throw new Error('jammed')
      },
      lies: () => Number.NaN,
    }
    agents.push(await robot({ ...common(), journal: memoryJournal(), skills }))
    await until(() => connections() === 1)
    gateway.gate.offer('r1', 't1', { capability: 'throws' })
    await until(() => gateway.gate.results.length === 1)
    gateway.gate.offer('r1', 't2', { capability: 'lies' })
    await until(() => gateway.gate.results.length === 2)
    expect(gateway.gate.results).toMatchObject([
      { outcome: { error: { code: 'handler-failed', message: 'jammed' } } },
      { outcome: { error: { code: 'bad-output', retryable: false } } },
    ])
  })

  test('COO-9 a person answers from an inbox that survives a crash of the tablet', async () => {
    const options = { ...common(), capabilities: ['move'], capacity: 5 }
    const first = await human({ ...options, journal: join(folder, 'before') })
    await until(() => connections() === 1)
    for (const task of ['t1', 't2']) gateway.gate.offer('r1', task)
    await until(() => first.inbox().length === 2)
    await copyFile(join(folder, 'before'), join(folder, 'after'))

    const second = await human({ ...options, journal: join(folder, 'after') })
    agents.push(second.agent)
    await until(() => second.inbox().length === 2)
    await first.agent.ended
    expect(second.answer('t1', { approved: true })).toBe(true)
    expect(second.answer('t1', { approved: false })).toBe(false)
    expect(second.reject('t2', 'not-mine', 'Ask somebody else.')).toBe(true)
    await until(() => gateway.gate.results.length === 2)
    expect(gateway.gate.results).toMatchObject([
      { task: 't1', outcome: { ok: true, output: { approved: true } } },
      { task: 't2', outcome: { ok: false, error: { code: 'not-mine' } } },
    ])
  })

  test('COO-9 an AI agent’s unusable answer is asked for again, then given up', async () => {
    const problems: (string | undefined)[] = []
    const agent = await ai({
      ...common(),
      capabilities: ['move'],
      journal: memoryJournal(),
      think: async (task, { problem }) => {
        problems.push(problem)
        return task.task === 't1' && problem !== undefined ? 42 : 'forty-two'
      },
      check: (_, answer) => (typeof answer === 'number' ? { ok: true, value: answer } : { ok: false, error: 'not a number' }),
    })
    agents.push(agent)
    await until(() => connections() === 1)
    gateway.gate.offer('r1', 't1')
    await until(() => gateway.gate.results.length === 1)
    gateway.gate.offer('r1', 't2')
    await until(() => gateway.gate.results.length === 2)
    expect(gateway.gate.results).toMatchObject([
      { outcome: { output: 42 } },
      { outcome: { error: { code: 'bad-answer', retryable: false } } },
    ])
    expect(problems).toEqual([undefined, 'not a number', undefined, 'not a number', 'not a number'])
  })

  test('COO-9 an agent cut off again and again delivers every result once it is recorded', async () => {
    const { begun, finish } = await startRobot()
    const tasks = ['t1', 't2', 't3', 't4', 't5', 't6']
    await until(() => connections() === 1)
    for (const [index, task] of tasks.entries()) {
      gateway.gate.records = index % 2 === 0
      gateway.gate.offer('r1', task)
      await until(() => begun.includes(task))
      finish(task)
      await restart()
    }
    gateway.gate.records = true
    await restart()
    await until(() => gateway.gate.wanted.size === 0)
    expect(new Set(gateway.gate.results.map(({ task }) => task))).toEqual(new Set(tasks))
    expect(begun.toSorted()).toEqual(tasks)
  })
})
