/** An agent made by hand, which says everything twice: each step runs once all the same. */
import { once } from 'node:events'
import { AGENT_PROTOCOL_VERSION, type DownMessage, frameOf, type Offer, parseDown, type UpMessage } from '@holdfast/shared/agent-protocol'
import type { Json } from '@holdfast/shared/values'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { AgentName } from '../support/gateway.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const RELAY = `
name: relay
steps:
  first: { type: task, capability: run, leaseMs: 60s, timeoutMs: 60s }
  second: { type: task, capability: run, leaseMs: 60s, timeoutMs: 60s, input: { baton: steps.first.output } }
links:
  - { from: first, to: second }
`

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'relay.yaml': RELAY })
})
afterAll(() => lone.stop())

interface Hand {
  readonly heard: readonly DownMessage[]
  say(message: UpMessage): void
  /** The first offer of this step of the workflow. */
  offered(workflow: string, step: string): Promise<Offer>
  /** As many results of this task were answered, the repeated ones too. */
  recorded(task: string, times: number): Promise<void>
  leave(): void
}

const openHand = async (agent: AgentName, holding: readonly string[] = []): Promise<Hand> => {
  const { gateway } = lone
  const headers = { authorization: `Bearer ${gateway.agentTokens.get(agent)}` }
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/agents`, { headers })
  const heard: DownMessage[] = []
  socket.on('message', (data) => {
    const message = parseDown(data.toString())
    if (message.ok) heard.push(message.value)
  })
  await once(socket, 'open')
  const say = (message: UpMessage): void => {
    const frame = frameOf(message)
    if (!frame.ok) throw new TypeError(frame.error.message)
    socket.send(frame.value)
  }
  say({
    type: 'hello',
    protocol: AGENT_PROTOCOL_VERSION,
    agent,
    kind: 'robot',
    capabilities: ['run'],
    capacity: 4,
    holding,
    sdk: 'by-hand',
  })
  await until('the welcome', () => heard.some(({ type }) => type === 'welcome'))
  const offersOf = (workflow: string, step: string): readonly Offer[] =>
    heard.filter((message) => message.type === 'offer').filter((offer) => offer.workflow === workflow && offer.step === step)
  return {
    heard,
    say,
    offered: (workflow, step) => until(`${step} to be offered`, () => offersOf(workflow, step)[0]),
    recorded: async (task, times) => {
      const isAnswer = (message: DownMessage): boolean => message.type === 'recorded' && message.task === task
      await until(`${times} results to be recorded`, () => heard.filter(isAnswer).length === times)
    },
    leave: () => socket.terminate(),
  }
}

const api = () => lone.gateway.api
const start = (key: string): Promise<string> => api().start({ facility: 'harbour', definition: 'relay', key })
const result = (task: string, output: Json): UpMessage => ({ type: 'result', task, outcome: { ok: true, output } })
const counts = async (id: string): Promise<object> => {
  const found: Record<string, number> = {}
  for (const { type, step } of await api().history(id))
    if (step !== undefined) found[`${type} ${step}`] = (found[`${type} ${step}`] ?? 0) + 1
  return found
}
const ONCE = Object.fromEntries(
  ['first', 'second'].flatMap((step) => ['step-ready', 'offered', 'running', 'step-succeeded'].map((type) => [`${type} ${step}`, 1])),
)

test('EX-3 a result delivered twice, an acceptance delivered twice: the next step runs once', async () => {
  const hand = await openHand('robot-1')
  const id = await start('twice')
  const first = await hand.offered(id, 'first')
  for (let time = 0; time < 2; time += 1) hand.say({ type: 'accept', task: first.task })
  for (let time = 0; time < 2; time += 1) hand.say(result(first.task, 'baton'))
  const second = await hand.offered(id, 'second')
  expect(second.input).toEqual({ baton: 'baton' })
  await hand.recorded(first.task, 2)
  hand.say({ type: 'accept', task: second.task })
  hand.say(result(second.task, 'done'))
  const done = await ended(api(), id)
  hand.say(result(first.task, 'baton'))
  hand.say(result(second.task, 'done'))
  await hand.recorded(first.task, 3)
  await hand.recorded(second.task, 2)
  expect(await counts(id)).toEqual(ONCE)
  expect((await api().get(id)).log).toEqual(done.log)
  expect(hand.heard.filter(({ type }) => type === 'offer')).toHaveLength(2)
  hand.leave()
})

test('EX-3 a repetition that says something else does not replace what was recorded', async () => {
  const hand = await openHand('robot-1')
  const id = await start('otherwise')
  const { task } = await hand.offered(id, 'first')
  hand.say({ type: 'accept', task })
  hand.say(result(task, 'baton'))
  hand.say(result(task, 'another baton'))
  hand.say({ type: 'result', task, outcome: { ok: false, error: { code: 'network', message: 'never mind' } } })
  await hand.recorded(task, 3)
  const second = await hand.offered(id, 'second')
  expect(second.input).toEqual({ baton: 'baton' })
  hand.say({ type: 'accept', task: second.task })
  hand.say(result(second.task, 'done'))
  expect(await ended(api(), id)).toMatchObject({
    status: 'completed',
    steps: [
      { output: 'baton', attempt: 1 },
      { output: 'done', attempt: 1 },
    ],
  })
  expect(await counts(id)).toMatchObject(ONCE)
  hand.leave()
})

test('EX-3 a result that is sent again on a new connection, because its answer was lost with the old one, counts once', async () => {
  const before = await openHand('robot-1')
  const id = await start('again')
  const { task } = await before.offered(id, 'first')
  before.say({ type: 'accept', task })
  before.say(result(task, 'baton'))
  before.leave()
  const after = await openHand('robot-1', [task])
  after.say(result(task, 'baton'))
  await after.recorded(task, 1)
  const second = await after.offered(id, 'second')
  after.say({ type: 'accept', task: second.task })
  after.say(result(second.task, 'done'))
  expect(await ended(api(), id)).toMatchObject({ status: 'completed', steps: [{ output: 'baton' }, { output: 'done' }] })
  expect(await counts(id)).toEqual(ONCE)
  after.leave()
})
