/** What each consistency policy refuses and what it lets go on, while the line between gateway and coordinator is cut, silent, and whole. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Handler } from '@holdfast/agent-sdk'
import { systemView } from '@holdfast/shared/http'
import { linearizability, Prng, type RegisterOperation, VERSIONED_REGISTER } from '@holdfast/shared/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type Api, member } from '../support/api.ts'
import { openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'

const steps = `
steps:
  go: { type: task, capability: go, timeoutMs: 60s, leaseMs: 60s }
  back: { type: task, capability: go, timeoutMs: 60s, leaseMs: 60s }
links: [{ from: go, to: back }]
`
const DEFINITIONS = {
  'careful.yaml': `name: careful\nconsistency: strong${steps}`,
  'bounded.yaml': `name: bounded\nconsistency: { level: bounded_staleness, maxLag: 60s, maxPending: 3 }${steps}`,
  'easy.yaml': `name: easy\nconsistency: eventual${steps}`,
}

let site: Site
/** Tasks at work, by workflow, until the test lets them go. */
const atWork = new Map<string, () => void>()
const go: Handler = ({ workflow }) => new Promise((resolve) => atWork.set(workflow, () => resolve(null)))

beforeAll(async () => {
  site = await openSite(['harbour'], DEFINITIONS)
  await gateway().hire('robot-1', { go }, { capacity: 50 })
})
beforeEach(() => line('open'))
afterAll(() => site.stop())

const gateway = () => site.member('harbour').gateway
const cloud = (): Api => site.cloud

/** Both ends have seen it; what was decided before is acknowledged by then. */
const line = async (mode: 'open' | 'cut'): Promise<void> => {
  const acknowledged = () => until('the hub to have everything', async () => (await gateway().api.facilities())[0]?.pendingUpdates === 0)
  if (mode === 'cut') await acknowledged()
  site.member('harbour').proxy.set(mode)
  const isOpen = mode === 'open'
  for (const api of [gateway().api, cloud()])
    await until(`${api.url} to see the line ${mode}`, async () => (await api.facilities())[0]?.connected === isOpen)
  if (isOpen) await acknowledged()
}

const startAt = (api: Api, definition: string, key: string, query = ''): Promise<Answer> =>
  api.ask('POST', `/workflows${query}`, { facility: 'harbour', definition, key })
const idIn = ({ body }: Answer): string => String(member(member(body, 'workflow'), 'id'))
const outcomeOf = ({ status, body }: Answer): unknown => [status, member(body, 'outcome') ?? codeIn(body)]
const codeIn = (body: unknown): string => String(member(body, 'type')).replace('urn:holdfast:problem:', '')
const said = ({ status, body }: Answer): unknown => (status < 300 ? status : [status, codeIn(body)])
const post = (api: Api, id: string, verb: string, query = ''): Promise<Answer> => api.ask('POST', `/workflows/${id}/${verb}${query}`)
const look = (api: Api, id: string, query = '', headers = {}): Promise<Answer> =>
  api.ask('GET', `/workflows/${id}${query}`, undefined, headers)

const begun = async (definition: string, key: string): Promise<string> => {
  const started = await startAt(gateway().api, definition, key)
  expect(outcomeOf(started)).toEqual([201, 'decided'])
  const id = idIn(started)
  await until(`${key} to be at work`, () => atWork.has(id))
  return id
}
const finish = (id: string): void => {
  const done = atWork.get(id)
  atWork.delete(id)
  done?.()
}

describe('SYN-4 decisions', () => {
  test('SYN-4 strong, cut off: decisions are refused with what would help; facts are taken; what follows from them goes on by itself', async () => {
    const id = await begun('careful', 'strong-cut')
    await line('cut')
    const refused = await post(gateway().api, id, 'pause')
    expect(said(refused)).toEqual([503, 'unavailable'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(member(refused.body, 'detail')).toMatch(/cut off from its hub for \d+ ms\. It goes on when the line to the hub is back/)
    expect(said(await startAt(gateway().api, 'careful', 'strong-new'))).toEqual([503, 'unavailable'])
    finish(id)
    const waiting = await until('the next step to wait for the hub', async () => {
      const detail = await gateway().api.get(id)
      return detail.steps[0]?.status === 'succeeded' && detail.steps[1]?.status === 'waiting_for_resource' && detail
    })
    expect(waiting.explain).toBe('back waits for the hub (the line to it is cut).')
    expect(atWork.has(id)).toBe(false)
    await line('open')
    await until('the next step to be at work', () => atWork.has(id))
    expect(outcomeOf(await post(gateway().api, id, 'pause'))).toEqual([200, 'decided'])
  })

  test('SYN-4 I14 strong, over a silent line: not known is not done; asked again under the same key, it is', async () => {
    site.member('harbour').proxy.set('silent')
    const unknown = await startAt(gateway().api, 'careful', 'strong-silent')
    expect(outcomeOf(unknown)).toEqual([202, 'unknown'])
    expect(atWork.has(idIn(unknown))).toBe(false)
    await line('open')
    expect(outcomeOf(await startAt(gateway().api, 'careful', 'strong-silent'))).toEqual([200, 'decided'])
    await until('it to be at work', () => atWork.has(idIn(unknown)))
  })

  test('SYN-4 bounded, cut off: goes on up to the bound, this decision included, and no further', async () => {
    const id = await begun('bounded', 'bounded-cut')
    await line('cut')
    const verbs = ['pause', 'resume', 'pause', 'resume'] as const
    const answers = []
    for (const verb of verbs) answers.push(said(await post(gateway().api, id, verb)))
    expect(answers).toEqual([200, 200, 200, [503, 'staleness-bound-exceeded']])
    expect(outcomeOf(await startAt(gateway().api, 'bounded', 'bounded-other'))).toEqual([201, 'decided'])
    await line('open')
    expect(outcomeOf(await post(gateway().api, id, 'resume'))).toEqual([200, 'decided'])
  })

  test('SYN-4 PER-1 bounded, cut off and killed: what the hub had everything of goes on within the bound', async () => {
    const id = await begun('bounded', 'bounded-killed')
    await line('cut')
    // How far the hub is, is written down once a second.
    await sleep(3_000)
    await gateway().kill()
    await gateway().restart()
    expect(said(await post(gateway().api, id, 'pause'))).toBe(200)
  })

  test('SYN-4 eventual, cut off: everything goes on', async () => {
    await line('cut')
    const id = await begun('easy', 'eventual-cut')
    for (const verb of ['pause', 'resume', 'pause', 'resume', 'pause', 'resume'])
      expect(outcomeOf(await post(gateway().api, id, verb))).toEqual([200, 'decided'])
    finish(id)
    await until('the next step to be at work', () => atWork.has(id))
  })

  test('SYN-4 a call may demand more than its workflow, or less', async () => {
    const easy = await begun('easy', 'override-easy')
    expect(outcomeOf(await post(gateway().api, easy, 'pause', '?consistency=strong'))).toEqual([200, 'decided'])
    const careful = await begun('careful', 'override-careful')
    await line('cut')
    expect(said(await post(gateway().api, easy, 'resume', '?consistency=strong'))).toEqual([503, 'unavailable'])
    expect(outcomeOf(await post(gateway().api, careful, 'pause', '?consistency=eventual'))).toEqual([200, 'decided'])
    expect(said(await post(gateway().api, careful, 'resume'))).toEqual([503, 'unavailable'])
    expect(said(await post(gateway().api, careful, 'resume', '?consistency=loose'))).toEqual([400, 'invalid-consistency'])
  })

  test('SYN-4 from the cloud: strong waits for the verdict; the others are answered with the proposal; cut off, strong is refused', async () => {
    const careful = await startAt(cloud(), 'careful', 'cloud-careful')
    expect(outcomeOf(careful)).toEqual([201, 'decided'])
    expect(outcomeOf(await post(cloud(), idIn(careful), 'pause'))).toEqual([200, 'decided'])
    expect(said(await post(cloud(), idIn(careful), 'pause'))).toEqual([409, 'illegal-transition'])
    const easy = await startAt(cloud(), 'easy', 'cloud-easy')
    expect(outcomeOf(easy)).toEqual([202, 'proposed'])
    expect(member(easy.body, 'proposal')).toEqual({ journal: expect.any(String), n: 1 })
    await line('cut')
    expect(said(await post(cloud(), idIn(careful), 'resume'))).toEqual([503, 'unavailable'])
    expect(outcomeOf(await post(cloud(), idIn(easy), 'pause'))).toEqual([202, 'proposed'])
  })

  test('SYN-4 a policy changes in mid-life, at a place that the hub has', async () => {
    const id = await begun('easy', 'mid-life')
    const set = (policy: unknown) => gateway().api.ask('PUT', `/workflows/${id}/consistency`, { policy })
    await line('cut')
    expect(said(await set('strong'))).toEqual([503, 'unavailable'])
    await line('open')
    expect(outcomeOf(await set('strong'))).toEqual([200, 'decided'])
    expect((await gateway().api.get(id)).policy).toEqual({ level: 'strong' })
    await line('cut')
    expect(said(await post(gateway().api, id, 'pause'))).toEqual([503, 'unavailable'])
    await line('open')
    expect(outcomeOf(await set({ level: 'bounded_staleness', maxLag: '60s', maxPending: 1 }))).toEqual([200, 'decided'])
    await line('cut')
    expect(said(await post(gateway().api, id, 'pause'))).toBe(200)
    expect(said(await post(gateway().api, id, 'resume'))).toEqual([503, 'staleness-bound-exceeded'])
    expect((await gateway().api.history(id)).map(({ text }) => text)).toContain(
      'Decided under strong consistency from here on, no longer under eventual.',
    )
  })
})

test('SYN-4 what policies refused is counted', async () => {
  const { body } = await gateway().api.ask('GET', '/performance/system')
  const { consistency } = systemView.parse(body)
  expect([consistency.refusals.strong > 0, consistency.refusals.bounded_staleness > 0]).toEqual([true, true])
})

describe('SYN-6 reads', () => {
  const levelOf = ({ headers, body }: Answer): unknown => [headers.get('holdfast-consistency')?.split(';')[0], member(body, 'consistency')]

  test('SYN-6 tell how old they are and at which level they are; a level may be demanded by query or header', async () => {
    const id = await begun('easy', 'read-easy')
    await until('the cloud to have it', async () => (await look(cloud(), id)).status === 200)
    const plain = await look(cloud(), id)
    expect([levelOf(plain), member(plain.body, 'behind'), member(plain.body, 'asOf')]).toEqual([
      ['eventual', 'eventual'],
      false,
      expect.any(Number),
    ])
    for (const api of [cloud(), gateway().api]) {
      expect(levelOf(await look(api, id, '?consistency=strong'))).toEqual(['strong', 'strong'])
      const bounded = await look(api, id, '?consistency=bounded_staleness&maxLag=5s')
      expect(levelOf(bounded)).toEqual(['bounded_staleness', 'bounded_staleness'])
      expect(bounded.headers.get('holdfast-consistency')).toMatch(/^bounded_staleness; age=\d+$/)
      const byHeader = await look(api, id, '', { 'Holdfast-Consistency': 'bounded_staleness; maxLag=5s' })
      expect(levelOf(byHeader)).toEqual(['bounded_staleness', 'bounded_staleness'])
    }
    expect(said(await look(cloud(), id, '?consistency=bounded_staleness'))).toEqual([400, 'invalid-consistency'])
    expect(said(await cloud().ask('GET', '/workflows?facility=harbour&consistency=strong'))).toBe(200)
  })

  test('SYN-6 SYN-4 cut off: what can not be answered at the level is refused, and the rest goes on', async () => {
    const easy = await begun('easy', 'read-cut')
    const careful = await begun('careful', 'read-careful')
    for (const id of [easy, careful]) await until('the cloud to have it', async () => (await look(cloud(), id)).status === 200)
    await line('cut')
    const bounded = '?consistency=bounded_staleness&maxLag=100ms'
    await until('the last proof to be too old', async () => (await look(cloud(), easy, bounded)).status === 503)
    expect(said(await look(cloud(), easy, bounded))).toEqual([503, 'staleness-bound-exceeded'])
    expect(said(await look(cloud(), easy, '?consistency=strong'))).toEqual([503, 'unavailable'])
    // A strong decision takes effect where the hub commits it: so the hub knows all of them, also while the gateway is away.
    expect(said(await look(cloud(), careful, '?consistency=strong'))).toBe(200)
    expect(said(await look(gateway().api, careful, '?consistency=strong'))).toEqual([503, 'unavailable'])
    expect(said(await look(gateway().api, easy, bounded))).toBe(200)
    const eventual = await look(cloud(), easy)
    expect([said(eventual), member(eventual.body, 'behind')]).toEqual([200, true])
  })
})

describe('I10 sessions', () => {
  const sessionOf = ({ headers }: Answer): { readonly 'Holdfast-Session': string } => ({
    'Holdfast-Session': headers.get('holdfast-session') ?? '',
  })

  test('I10 what was written at the gateway is read in the cloud, whatever the line does meanwhile; and never an older state after a newer', async () => {
    for (let round = 0; round < 5; round += 1) {
      const started = await startAt(gateway().api, 'easy', `session-${round}`)
      const read = await look(cloud(), idIn(started), '', sessionOf(started))
      expect(read.status).toBe(200)
      const paused = await post(gateway().api, idIn(started), 'pause')
      const again = await look(cloud(), idIn(started), '', sessionOf(paused))
      expect(member(again.body, 'status')).toBe('paused')
      expect(said(await look(gateway().api, idIn(started), '', sessionOf(again)))).toBe(200)
    }
    await line('cut')
    const started = await startAt(gateway().api, 'easy', 'session-cut')
    expect(said(await look(cloud(), idIn(started), '', sessionOf(started)))).toEqual([503, 'not-caught-up'])
    expect(said(await look(cloud(), idIn(started)))).toEqual([404, 'not-found'])
    await line('open')
    expect(said(await look(cloud(), idIn(started), '', sessionOf(started)))).toBe(200)
    expect(said(await look(cloud(), idIn(started), '', { 'Holdfast-Session': 'mine' }))).toEqual([400, 'invalid-session'])
  })
})

describe('SYN-5 histories', () => {
  const CLIENTS = ['ann', 'bob', 'cy', 'dee']
  const OPERATIONS = 25
  const CUTS = 10

  /** How many checkpoints the log holds, and the name of the last. */
  const register = async (api: Api, id: string): Promise<{ readonly version: number; readonly value: string } | undefined> => {
    const answer = await look(api, id, '/history?limit=1000&consistency=strong')
    if (answer.status !== 200) return undefined
    const names = namesIn(answer)
    return { version: names.length, value: names.at(-1) ?? '' }
  }
  const namesIn = ({ body }: Answer): readonly string[] => {
    const items = member(body, 'items')
    const entries: readonly unknown[] = Array.isArray(items) ? items : []
    return entries.filter((entry) => member(entry, 'type') === 'checkpointed').map((entry) => String(member(member(entry, 'data'), 'name')))
  }

  test.each([Date.now() % 100_000])(
    'SYN-5 I14 strong decisions and reads, at the gateway and in the cloud, over a line that is cut at random, are linearizable (seed %i)',
    async (seed) => {
      const id = await begun('careful', `history-${seed}`)
      const random = new Prng(seed)
      const writes: {
        readonly client: string
        readonly name: string
        readonly calledAt: number
        readonly answeredAt: number | undefined
      }[] = []
      const reads: RegisterOperation[] = []
      const live = async (client: string): Promise<void> => {
        const own = random.stream(client)
        for (let n = 0; n < OPERATIONS; n += 1) {
          const api = own.pick([gateway().api, cloud()])
          const calledAt = performance.now()
          if (own.chance(0.5)) {
            const name = `${client}-${n}`
            const answer = await api.ask('POST', `/workflows/${id}/checkpoint`, { name })
            const answeredAt = member(answer.body, 'outcome') === 'decided' ? performance.now() : undefined
            if (answer.status < 300) writes.push({ client, name, calledAt, answeredAt })
          } else {
            const shown = await register(api, id)
            const answer = shown && ({ type: 'read', ...shown } as const)
            if (answer !== undefined) reads.push({ client, calledAt, call: { type: 'read' }, answered: { at: performance.now(), answer } })
          }
          await sleep(own.between(5, 60))
        }
      }
      const harm = async (): Promise<void> => {
        const { proxy } = site.member('harbour')
        for (let cut = 0; cut < CUTS; cut += 1) {
          proxy.set(random.pick(['cut', 'silent', 'open']))
          await sleep(random.between(20, 300))
          proxy.set('open')
          await sleep(random.between(100, 500))
        }
      }
      await Promise.all([...CLIENTS.map(live), harm()])
      await line('open')
      const final = await until('the cloud to have everything', async () => {
        const shown = await register(gateway().api, id)
        return shown !== undefined && namesIn(await look(cloud(), id, '/history?limit=1000')).length === shown.version && shown
      })
      const names = namesIn(await look(cloud(), id, '/history?limit=1000'))
      expect(names.length).toBe(final.version)
      const history = [
        ...reads,
        ...writes.map(({ client, name, calledAt, answeredAt }): RegisterOperation => {
          const answer = { type: 'write', version: names.indexOf(name) + 1 } as const
          return {
            client,
            calledAt,
            call: { type: 'write', value: name },
            answered: answeredAt === undefined ? undefined : { at: answeredAt, answer },
          }
        }),
      ]
      expect(linearizability(VERSIONED_REGISTER, history)).toEqual({ verdict: 'linearizable' })
      expect(history.length).toBeGreaterThan(CLIENTS.length * 5)
    },
  )
})
