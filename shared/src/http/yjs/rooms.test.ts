import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { ENGINE_SCHEMAS } from '../../engine/index.ts'
import { ControlledStore, define, HOME, TASK, TestNode } from '../../engine/test-support.ts'
import { openMemoryStore } from '../../store/memory/index.ts'
import type { Refusal } from '../../values/refusal.ts'
import type { Principal } from '../principal.ts'
import { decodeLooking, encodeLooking, Onlookers } from './awareness.ts'
import { YjsRooms } from './rooms.ts'
import type { YjsSession } from './session.ts'
import { decodeSaid, tellUpdate } from './wire.ts'

const operator = (name: string): Principal => ({ name, role: 'operator', facilities: [HOME] })
const newStore = () => new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
const definition = define({ steps: { a: TASK } })

class Writer {
  readonly doc = new Y.Doc()
  readonly heard: Uint8Array[] = []
  readonly closes: number[] = []
  readonly session: YjsSession
  bufferedBytes = 0

  constructor(rooms: YjsRooms, workflow: string, principal: Principal, clientId: number) {
    this.doc.clientID = clientId
    this.doc.on('update', (update: Uint8Array) => this.session.receive(tellUpdate(update)))
    this.session = rooms.enter(workflow, principal, this)
  }

  send(bytes: Uint8Array): void {
    this.heard.push(bytes)
  }

  close(code: number): void {
    this.closes.push(code)
  }

  write(text: string): void {
    this.doc.getText('notes').insert(0, text)
  }
}

const opened = async (node?: TestNode) => {
  const gateway = node ?? (await TestNode.open({ store: newStore(), definitions: [definition] }))
  const workflow = await gateway.start(definition)
  const refused: Refusal[] = []
  const { engine, store, clock } = gateway
  const rooms = new YjsRooms({ engine, store, clock, onRefused: (_workflow, _by, reason) => refused.push(reason) })
  return { gateway, rooms, workflow, refused }
}

const notesAt = async ({ gateway, workflow }: Awaited<ReturnType<typeof opened>>): Promise<string> => {
  const unit = await gateway.engine.read(workflow)
  if (!unit.ok || unit.value === undefined) throw new Error('unreadable')
  return unit.value.replica.doc.getText('notes').toString()
}

describe('SYN-10 documents for stock Yjs programs', () => {
  test('SYN-10 GOV-2 a client id is its first user’s, also in the next life of the node; another’s is refused', async () => {
    const world = await opened()
    const mine = new Writer(world.rooms, world.workflow, operator('ada'), 77)
    mine.write('a')
    await world.gateway.clock.advance(0)
    const stolen = new Writer(world.rooms, world.workflow, operator('eve'), 77)
    stolen.doc.getText('notes').insert(0, 'xyz')
    await world.gateway.clock.advance(0)
    expect([await notesAt(world), world.refused.map(({ code }) => code)]).toEqual(['a', ['foreign-client']])
    const next = await opened(await world.gateway.restart())
    const again = new Writer(next.rooms, next.workflow, operator('eve'), 77)
    again.session.receive(tellUpdate(Y.encodeStateAsUpdate(stolen.doc)))
    const back = new Writer(next.rooms, next.workflow, operator('ada'), 78)
    Y.applyUpdate(back.doc, Y.encodeStateAsUpdate(mine.doc))
    back.doc.clientID = 77
    back.write('b')
    await next.gateway.clock.advance(0)
    expect([await notesAt(next), next.refused.map(({ code }) => code)]).toEqual(['ba', ['foreign-client']])
  })

  test('SYN-10 nobody is told what is not durable, and all are told what is', async () => {
    const world = await opened()
    const writer = new Writer(world.rooms, world.workflow, operator('ada'), 1)
    const reader = new Writer(world.rooms, world.workflow, operator('bo'), 2)
    await world.gateway.clock.advance(0)
    const before = reader.heard.length
    world.gateway.store.hold()
    writer.write('held')
    await world.gateway.clock.advance(0)
    expect(reader.heard).toHaveLength(before)
    world.gateway.store.release()
    await world.gateway.clock.advance(0)
    expect(reader.heard.length).toBeGreaterThan(before)
  })

  test('SYN-10 GOV-4 whoever reads too slowly or says too much is closed; the others go on', async () => {
    const world = await opened()
    const enter = (name: string, id: number): Writer => new Writer(world.rooms, world.workflow, operator(name), id)
    const [slow, loud, calm] = [enter('slow', 10), enter('loud', 11), enter('calm', 12)]
    slow.bufferedBytes = 1 << 30
    for (let n = 0; n < 300; n++) loud.session.receive(new Uint8Array([3]))
    calm.write('calm')
    await world.gateway.clock.advance(0)
    expect([slow.closes, loud.closes, calm.closes]).toEqual([[1013], [1008], []])
    expect(await notesAt(world)).toBe('calm')
  })

  test('SYN-10 GOV-4 any bytes from a client are a message or close the socket, and never reach the document', async () => {
    const world = await opened()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        expect(() => decodeSaid(bytes)).not.toThrow()
        const writer = new Writer(world.rooms, world.workflow, operator('fuzz'), 5)
        writer.session.receive(bytes)
        await world.gateway.clock.advance(0)
        writer.session.closed()
        expect(await notesAt(world)).toBe('')
      }),
      { numRuns: 300 },
    )
  })
})

describe('SYN-10 awareness', () => {
  test('what is told can be read back; anything else is no awareness', () => {
    const looking = [
      { client: 4, clock: 2, state: { user: { name: 'Åse' } } },
      { client: 5, clock: 9, state: null },
    ]
    expect(decodeLooking(encodeLooking(looking))).toEqual(looking)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(() => decodeLooking(bytes)).not.toThrow()
      }),
    )
  })

  test('a client speaks for one principal, under that name; older news is passed over; who leaves is gone once', () => {
    const onlookers = new Onlookers<string>()
    const state = { principal: 'admin' }
    expect(onlookers.hear('s1', 'ada', [{ client: 1, clock: 1, state }])).toEqual([{ client: 1, clock: 1, state: { principal: 'ada' } }])
    expect(onlookers.hear('s2', 'eve', [{ client: 1, clock: 2, state: null }])).toEqual([])
    expect(onlookers.hear('s1', 'ada', [{ client: 1, clock: 1, state: {} }])).toEqual([])
    onlookers.hear('s3', 'ada', [{ client: 1, clock: 5, state: {} }])
    expect(onlookers.left('s1')).toEqual([])
    expect(onlookers.left('s3')).toEqual([{ client: 1, clock: 6, state: null }])
    expect(onlookers.all()).toEqual([])
  })
})
