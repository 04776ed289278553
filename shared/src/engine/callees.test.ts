import { beforeEach, describe, expect, test } from 'vitest'
import { NO_AUTHORITY } from '../consistency/fixed.ts'
import type { Executor } from '../ports/executor.ts'
import type { Attempt, Performer } from '../ports/performer.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import type { JsonObject } from '../values/json.ts'
import { ok } from '../values/result.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { Publisher } from './publishing.ts'
import { ControlledStore, define, TestNode } from './test-support.ts'

const calls: { readonly parameters: JsonObject; readonly attempt: Attempt }[] = []
beforeEach(() => calls.splice(0))

const beep = (required: readonly string[] = ['tone']): Executor => ({
  parameters: {
    type: 'object',
    required: [...required],
    properties: { tone: { type: 'integer', maximum: 9 } },
    additionalProperties: false,
  },
  performer: (parameters): Performer => ({
    safety: 'idempotent',
    perform: async (attempt) => {
      calls.push({ parameters, attempt })
      return ok({ heard: true })
    },
  }),
})

const BEEPS = define({
  steps: {
    one: { type: 'beep', with: { tone: 3 }, input: { loud: 'input.loud' } },
    all: { type: 'map', over: '[1, 2]', each: { type: 'beep', with: { tone: 4 } } },
  },
})
const store = () => new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))

describe('plug-ins', () => {
  test('DEF-9 a step of a registered type is carried out by its executor, with parameters and input', async () => {
    const node = await TestNode.open({ store: store(), definitions: [BEEPS], executors: new Map([['beep', beep()]]) })
    const id = await node.start(BEEPS, { loud: true })
    await node.clock.advance(10)
    expect((await node.state(id)).status).toBe('completed')
    expect(calls.map(({ parameters, attempt }) => [parameters, attempt.name, attempt.input])).toEqual([
      [{ tone: 3 }, 'beep', { loud: true }],
      [{ tone: 4 }, 'beep', 1],
      [{ tone: 4 }, 'beep', 2],
    ])
  })

  test('DEF-9 a definition whose parameters do not fit is left out, with every problem; where nothing runs, none is asked', async () => {
    const wrong = define({
      steps: { a: { type: 'beep', with: { tone: 10 } }, b: { type: 'beep', with: { ton: 1 } }, c: { type: 'bep', with: {} } },
      compensations: { undo: { type: 'beep', with: {} } },
    })
    const node = await TestNode.open({ store: store(), definitions: [wrong], executors: new Map([['beep', beep()]]) })
    expect(node.problems).toEqual([
      'test version 1 is not taken: steps.a.with: tone: must be at most 9; steps.b.with: tone: is missing; ' +
        'steps.b.with: ton: is not a known field; did you mean "tone"?; ' +
        'steps.c.type: no executor bep is registered on this node; did you mean beep?; compensations.undo.with: tone: is missing',
    ])
    expect(node.engine.catalogue.byName('test')).toBeUndefined()
    const published = await new Publisher(node.engine, node.store).publish(wrong)
    expect(published).toMatchObject({
      ok: false,
      error: { code: 'unfit-parameters', message: expect.stringContaining('did you mean beep?') },
    })
    const copies = await TestNode.open({ store: store(), definitions: [wrong], authority: NO_AUTHORITY })
    expect(copies.problems).toEqual([])
  })

  test('DEF-9 an executor that has changed since is not called with what it does not take', async () => {
    const shared = store()
    const node = await TestNode.open({ store: shared, definitions: [BEEPS], executors: new Map([['beep', beep()]]) })
    const stricter = await node.restart({ executors: new Map([['beep', beep(['tone', 'length'])]]), definitions: [] })
    const id = await stricter.start(BEEPS, { loud: false })
    await stricter.clock.advance(10)
    const state = await stricter.state(id)
    expect([state.status, state.turnedBack?.error.code, calls.length]).toEqual(['failed', 'bad-parameters', 0])
    const without = await stricter.restart({ executors: new Map() })
    const next = await without.start(BEEPS, { loud: false }, 'other')
    await without.clock.advance(10)
    expect((await without.state(next)).turnedBack?.error.code).toBe('unknown-executor')
  })
})
