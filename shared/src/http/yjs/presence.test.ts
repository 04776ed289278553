import { expect, test } from 'vitest'
import type { Json } from '../../values/json.ts'
import type { Looking } from './awareness.ts'
import { PresenceRelay } from './presence.ts'

const ada: Looking = { client: 1, clock: 1, state: { principal: 'ada' } }

/** Nodes in a row, each a neighbour of the next: what one tells another arrives at once. */
const row = (...names: readonly string[]) => {
  const seen = new Map<string, unknown[]>(names.map((name) => [name, []]))
  const relays: PresenceRelay[] = names.map(
    (name, at): PresenceRelay =>
      new PresenceRelay(() =>
        [at - 1, at + 1].flatMap((next) => {
          const relay = relays[next]
          const node = names[next]
          if (relay === undefined || node === undefined) return []
          return [{ node, tell: (home: string, body: Json) => void relay.handler({ peer: name, home, body }) }]
        }),
      ),
  )
  for (const [at, relay] of relays.entries()) relay.listen((_, news) => seen.get(names[at] ?? '')?.push(...news))
  return { relays, seen }
}

test('SYN-8 SYN-10 who looks at a tablet is seen at its gateway and in the cloud, once, and gone everywhere when the line is lost', () => {
  const { relays, seen } = row('tablet', 'gate', 'cloud')
  const [tablet, gate, cloud] = relays
  tablet?.told('harbour', 'w_1', [ada])
  tablet?.told('harbour', 'w_1', [ada])
  expect([seen.get('tablet'), seen.get('gate'), seen.get('cloud')]).toEqual([[], [ada], [ada]])
  expect(cloud?.looking('w_1')).toEqual([ada])
  gate?.lost('harbour', 'tablet')
  const gone = { client: 1, clock: 2, state: null }
  expect(seen.get('cloud')).toEqual([ada, gone])
  expect([gate?.looking('w_1'), cloud?.looking('w_1')]).toEqual([[], []])
})

test('SYN-10 older news, news of nobody and nonsense change nothing', async () => {
  const relay = new PresenceRelay(() => [])
  const say = (body: Json) => relay.handler({ peer: 'gate', home: 'harbour', body })
  await say({ workflow: 'w_1', looking: [{ client: 1, clock: 5, state: { principal: 'ada' } }] })
  await say({ workflow: 'w_1', looking: [{ client: 1, clock: 4, state: { principal: 'eve' } }] })
  await say({ workflow: 'w_1', looking: [{ client: 2, clock: 1, state: null }, 7, { client: 'x' }] })
  expect(relay.looking('w_1')).toEqual([{ client: 1, clock: 5, state: { principal: 'ada' } }])
  for (const nonsense of [null, 'w', { workflow: 'w_1' }, { workflow: 1, looking: [] }]) {
    expect(await say(nonsense)).toMatchObject({ ok: false, error: { code: 'bad-presence' } })
  }
})

test('SYN-10 what is known of others is bounded', async () => {
  const relay = new PresenceRelay(() => [])
  for (let client = 0; client < 100; client += 1) {
    await relay.handler({ peer: 'gate', home: 'h', body: { workflow: 'w_1', looking: [{ client, clock: 1, state: {} }] } })
  }
  expect(relay.looking('w_1').length).toBe(64)
})
