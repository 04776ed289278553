import { describe, expect, test } from 'vitest'
import type { AttemptError, Performer } from '../ports/performer.ts'
import { StoreFailure } from '../ports/store.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Json } from '../values/json.ts'
import { ok, type Result } from '../values/result.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, createOf, define, HOME, TestNode, willOf } from './test-support.ts'

const RETRIED = { strategy: 'fixed', initialDelayMs: 1_000, maxDelayMs: 1_000, jitter: false } as const
const definition = define({ steps: { f: { type: 'function', function: 'f', timeoutMs: 60_000, retry: 'none' } } })
const open = (performer: Performer) =>
  TestNode.open({
    store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' })),
    definitions: [definition],
    functions: new Map([['f', performer]]),
  })

/** A function that never returns in its first life, so that the process dies in the midst of it. */
const interrupted = async (performer: Performer) => {
  const begun: string[] = []
  const hangs: Performer = {
    safety: 'idempotent',
    perform: ({ id }) => {
      begun.push(id)
      return new Promise<never>(() => {})
    },
  }
  const node = await open(hangs)
  const id = await node.start(definition)
  const next = await node.restart({ functions: new Map([['f', performer]]) })
  return { id, begun, next, state: await next.state(id) }
}

const done = (calls: string[], value: Json = 'done'): Performer['perform'] => {
  return async ({ id }) => {
    calls.push(id)
    return ok(value)
  }
}

describe('E4 registered functions', () => {
  test('E4 a call is made once, with an id of its own, and after its beginning is durable', async () => {
    const calls: string[] = []
    const node = await open({ safety: 'idempotent', perform: done(calls) })
    node.store.hold()
    const id = workflowIdOf(HOME, 'k')
    void node.engine.submit(willOf(id, createOf(definition)))
    await node.clock.advance(1_000)
    expect(calls).toEqual([])
    node.store.release()
    await node.clock.advance(0)
    expect(calls).toEqual([`${id}.0.1`])
    expect((await node.state(id)).status).toBe('completed')
  })

  test('E8 a result is not lost because the store can not be read at that moment', async () => {
    const { promise, resolve } = Promise.withResolvers<Result<Json, AttemptError>>()
    const node = await open({ safety: 'idempotent', perform: () => promise })
    const id = await node.start(definition)
    await node.will(id, { type: 'terminate', reason: 'not needed' })
    const { get } = node.store
    node.store.get = () => Promise.reject(new StoreFailure({ code: 'closed', message: 'it is being opened again' }))
    resolve(ok('done'))
    await node.clock.advance(500)
    node.store.get = get
    await node.clock.advance(2_000)
    expect((await node.state(id)).late).toEqual(['0.1'])
  })

  test('E4 PER-3 after a crash an idempotent call is made again under the same id', async () => {
    const again: string[] = []
    const { id, begun, state } = await interrupted({ safety: 'idempotent', perform: done(again) })
    expect([begun, again, state.status]).toEqual([[`${id}.0.1`], [`${id}.0.1`], 'completed'])
  })

  test('E4 PER-3 one that can be asked is asked; made only if it is known not to have begun', async () => {
    const made: string[] = []
    const asked: string[] = []
    for (const answer of ['not-begun', ok('found')] as const) {
      const query = async ({ id }: { readonly id: string }) => {
        asked.push(id)
        return answer
      }
      const { id, state } = await interrupted({ safety: 'queryable', perform: done(made), query })
      expect([asked.at(-1), state.steps[0]?.output]).toEqual([`${id}.0.1`, answer === 'not-begun' ? 'done' : 'found'])
    }
    expect(made).toHaveLength(1)
  })

  test('E4 PER-3 one that must happen at most once is never made again: its outcome is unknown', async () => {
    const made: string[] = []
    const { state } = await interrupted({ safety: 'atMostOnce', perform: done(made) })
    expect([made, state.status, state.turnedBack?.error.code]).toEqual([[], 'failed', 'unknown-outcome'])
  })

  describe('a call that takes longer than its timeout', () => {
    const patient = define({ steps: { f: { type: 'function', function: 'f', timeoutMs: 60_000, retry: { ...RETRIED, maxAttempts: 2 } } } })
    const openPatient = (performer: Performer) =>
      TestNode.open({
        store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' })),
        definitions: [patient],
        functions: new Map([['f', performer]]),
      })

    /** The first call never ends by itself; `end` ends it. */
    const hanging = () => {
      const calls: string[] = []
      const { promise, resolve: end } = Promise.withResolvers<Result<Json, AttemptError>>()
      const perform: Performer['perform'] = ({ id }) => {
        calls.push(id)
        return calls.length === 1 ? promise : Promise.resolve(ok('second'))
      }
      return { calls, perform, end }
    }

    test('E4 EX-6 one that must happen at most once is not made again: whether it was done is not known', async () => {
      const { calls, perform } = hanging()
      const node = await openPatient({ safety: 'atMostOnce', perform })
      const id = await node.start(patient)
      await node.clock.advance(59_999)
      expect((await node.state(id)).status).toBe('active')
      await node.clock.advance(200_000)
      const { status, turnedBack } = await node.state(id)
      expect([calls, status, turnedBack?.error.code]).toEqual([[`${id}.0.1`], 'failed', 'unknown-outcome'])
    })

    test('E4 EX-6 an idempotent one is tried again as its policy says; the end of the first is kept as a late result', async () => {
      const { calls, perform, end } = hanging()
      const node = await openPatient({ safety: 'idempotent', perform })
      const id = await node.start(patient)
      await node.clock.advance(60_000)
      expect((await node.state(id)).steps[0]).toMatchObject({ status: 'ready', error: { code: 'timeout' } })
      await node.clock.advance(1_000)
      end(ok('first'))
      await node.clock.advance(0)
      const { steps, late } = await node.state(id)
      expect([calls, steps[0]?.output, late]).toEqual([[`${id}.0.1`, `${id}.0.2`], 'second', ['0.1']])
    })

    test('E4 EX-6 one that can be asked is asked; without an answer its outcome is not known', async () => {
      for (const [query, code] of [
        [async () => ok('found'), undefined],
        [async () => 'not-begun' as const, 'timeout'],
        [() => new Promise<never>(() => {}), 'unknown-outcome'],
      ] as const) {
        const { perform } = hanging()
        const node = await openPatient({ safety: 'queryable', perform, query })
        const id = await node.start(patient)
        await node.clock.advance(60_000)
        await node.clock.advance(code === 'unknown-outcome' ? 60_000 : 0)
        expect((await node.state(id)).steps[0]?.error?.code).toBe(code)
      }
    })

    test('E4 after a restart a call that is made again gets its whole time', async () => {
      const { perform } = hanging()
      const node = await openPatient({ safety: 'idempotent', perform })
      const id = await node.start(patient)
      await node.engine.close()
      await node.clock.advance(600_000)
      const next = await node.restart({
        functions: new Map([['f', { safety: 'idempotent', perform: () => new Promise<never>(() => {}) }]]),
      })
      await next.clock.advance(59_000)
      expect((await next.state(id)).steps[0]?.status).toBe('running')
      await next.clock.advance(1_000)
      expect((await next.state(id)).steps[0]?.status).toBe('ready')
    })
  })

  test('a function that is not there, that throws, or that answers what no log can hold, has failed', async () => {
    const codes: (string | undefined)[] = []
    for (const perform of [
      async () => {
        throw new Error('bang')
      },
      async () => ok('\ud800'),
      async () => ok(Number.NaN),
    ]) {
      const node = await open({ safety: 'idempotent', perform })
      codes.push((await node.state(await node.start(definition))).turnedBack?.error.code)
    }
    const node = await open({ safety: 'idempotent', perform: done([]) })
    const bare = await node.restart({ functions: new Map() })
    codes.push((await bare.state(await bare.start(definition))).turnedBack?.error.code)
    expect(codes).toEqual(['function-threw', 'output-unusable', 'output-unusable', 'unknown-function'])
  })
})
