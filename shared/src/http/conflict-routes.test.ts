import { beforeEach, describe, expect, test } from 'vitest'
import { RuleShelf } from '../conflict/rules/shelf.ts'
import { fixedAuthority } from '../consistency/fixed.ts'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import { Reader } from '../engine/reader.ts'
import { RuleBook } from '../engine/rule-book.ts'
import { Scheduler } from '../engine/schedules/scheduler.ts'
import { ControlledStore, define, TASK, TestNode } from '../engine/test-support.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import type { Clash } from '../workflow/event.ts'
import { createEngineNode } from './engine-node.ts'
import type { LiveEvent } from './node-api.ts'

import { toyApi } from './toy-api.ts'
import { toyAuthority } from './toy-authority.ts'
import { toyLibrary } from './toy-library.ts'

const definition = define({ name: 'picking', steps: { a: TASK } })
const HOMES = ['harbour-a', 'harbour-b'] as const
const CLASH: Clash = {
  kind: 'safety',
  rule: 'zones',
  version: 2,
  parties: ['r1', 'r2'],
  inputs: { zone: 7 },
  outcomes: [{ option: 'wait', effect: 'none', consequence: 'It waits.' }],
  choice: 'ask',
  explanation: 'Two in one zone.',
}

const as = (name: string) => ({ Authorization: `Bearer ${name}` })

describe('conflicts over HTTP', () => {
  let ask: ReturnType<typeof toyApi>['ask']
  let collide: (home: string, about: string, more?: Partial<Clash>) => Promise<string>
  const live: LiveEvent[] = []

  beforeEach(async () => {
    live.length = 0
    const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
    const host = await TestNode.open({ store, definitions: [definition], authority: fixedAuthority([...HOMES]) })
    const { engine, clock } = host
    const node = createEngineNode({
      authority: toyAuthority([...HOMES]),
      engine,
      rules: new RuleBook(engine, store, new RuleShelf()),
      clock,
      freshness: () => ({ asOf: 0, behind: false }),
      reader: new Reader({ engine, store, clock, caller: undefined, isHub: true }),
      facilities: () => [],
      onFacility: () => () => {},
      health: () => ({ status: 'ok', ready: true, node: 'node' }),
      library: toyLibrary(),
      scheduler: await Scheduler.open({ engine, store, clock }),
    })
    node.subscribe((event) => live.push(event))
    const api = toyApi({ node })
    ask = async (...asked) => {
      const answered = api.ask(...asked)
      for (let turns = 0; turns < 5; turns += 1) await clock.advance(1)
      return answered
    }
    const started = new Map<string, string>()
    collide = async (home, about, more = {}) => {
      const workflow = started.get(home) ?? (await host.start(definition, {}, 'k', home))
      started.set(home, workflow)
      await host.will(workflow, { type: 'collision', clash: { ...CLASH, ...more }, about }, home)
      return (await host.state(workflow)).conflicts.at(-1)?.id ?? ''
    }
  })
  const list = async (query: string, caller = 'planner-a') => {
    const answer = await ask('GET', `/api/v1/conflicts${query}`, undefined, as(caller))
    const body = await answer.json()
    return { status: answer.status, ids: (body.items ?? []).map(({ id }: { id: string }) => id), next: body.next }
  }

  test('CON-2 I25 a caller sees the conflicts of its facilities, and nothing of others', async () => {
    const [mine, theirs] = [await collide('harbour-a', '1'), await collide('harbour-b', '1')]
    expect((await list('')).ids).toEqual([mine])
    expect((await list('', 'admin')).ids.toSorted()).toEqual([mine, theirs].toSorted())
    expect((await list('?facility=harbour-b')).status).toBe(404)
    expect((await ask('GET', `/api/v1/conflicts/${theirs}`)).status).toBe(404)
    expect((await ask('POST', `/api/v1/conflicts/${theirs}/resolve`, { option: 'wait' })).status).toBe(404)
    const one = await ask('GET', `/api/v1/conflicts/${mine}`)
    expect(await one.json()).toMatchObject({
      id: mine,
      open: true,
      conflict: { rule: 'zones', version: 2, inputs: { zone: 7 }, outcomes: CLASH.outcomes },
    })
  })

  test('CON-2 pages follow each other without gaps, filtered; a cursor of another query does not open', async () => {
    const ids = [await collide('harbour-a', '1'), await collide('harbour-a', '2', { rule: 'ice' }), await collide('harbour-a', '3')]
    const first = await list('?limit=2')
    const second = await list(`?limit=2&cursor=${encodeURIComponent(first.next)}`)
    expect([...first.ids, ...second.ids].toSorted()).toEqual(ids.toSorted())
    expect([first.ids.length, second.next]).toEqual([2, undefined])
    expect((await list('?rule=ice')).ids).toEqual([ids[1]])
    expect((await list('?kind=temporal')).ids).toEqual([])
    expect((await list(`?rule=ice&cursor=${encodeURIComponent(first.next)}`)).status).toBe(400)
  })

  test('CON-2 CON-6 a viewer may not settle it; whoever may does so once, and all who watch are told', async () => {
    const id = await collide('harbour-a', '1')
    const settle = async (caller: string, option: string) =>
      (await ask('POST', `/api/v1/conflicts/${id}/resolve`, { option, comment: 'seen' }, as(caller))).status
    expect([await settle('viewer-a', 'wait'), await settle('operator-a', 'sink'), await settle('operator-a', 'wait')]).toEqual([
      403, 422, 200,
    ])
    expect(await settle('planner-a', 'wait')).toBe(409)
    expect((await list('')).ids).toEqual([])
    expect((await list('?state=all')).ids).toEqual([id])
    const told = live.flatMap((event) => (event.type === 'conflict' ? [event.conflict] : []))
    expect(told.map(({ open }) => open)).toEqual([true, false])
    expect(told[1]?.conflict.settled).toMatchObject({ option: 'wait', by: 'otto', comment: 'seen' })
  })

  test('CON-3 a rule is tried before it is published, listed, shown, and never changed; only an admin publishes', async () => {
    const rule = {
      id: 'zones',
      on: 'begin',
      when: 'step.input.zone == 7',
      cases: [{ name: 'c', given: { step: { input: { zone: 7 } } }, expect: 'conflict' }],
    }
    const publish = (body: object, query = '', caller = 'admin') => ask('POST', `/api/v1/rules${query}`, body, as(caller))
    expect((await publish({ rule }, '', 'planner-a')).status).toBe(403)
    expect(await (await publish({ rule }, '?preview=true')).json()).toMatchObject({ id: 'zones', cases: [{ passed: true }] })
    expect((await ask('GET', '/api/v1/rules/zones')).status).toBe(404)
    expect([(await publish({ rule })).status, (await publish({ rule })).status]).toEqual([201, 200])
    expect((await publish({ rule: { ...rule, when: 'true' } })).status).toBe(409)
    expect((await publish({ rule: { ...rule, version: 2, when: 'true' } })).status).toBe(201)
    expect(await (await ask('GET', '/api/v1/rules', undefined, as('viewer-a'))).json()).toMatchObject({
      items: [{ id: 'zones', version: 2 }],
    })
    expect(await (await ask('GET', '/api/v1/rules/zones?version=1')).json()).toMatchObject({ rule: { when: 'step.input.zone == 7' } })
    const wrong = await publish({ text: 'id: zones\non: begin\nwhen: agnt.id == 1\n' })
    expect([wrong.status, (await wrong.json()).errors]).toMatchObject([422, [{ pointer: '/rule/when', code: 'bad-expression', line: 3 }]])
    const failing = await publish({ rule: { ...rule, version: 3, when: 'false' } })
    expect([failing.status, (await failing.json()).errors]).toMatchObject([422, [{ pointer: '/rule/cases/0', code: 'case-fails' }]])
  })
})
