import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { Workshop } from './admission-test-support.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, HOME } from './test-support.ts'

const CALL = { type: 'function', function: 'f', timeoutMs: 60_000, retry: 'none' } as const
const guarded = define({
  name: 'guarded',
  steps: {
    pay: { ...CALL, breaker: { threshold: { failures: 3 }, openMs: 10_000, successes: 2 } },
    invoice: { type: 'wait', on: { kind: 'time', delayMs: 0 } },
  },
  links: [{ from: 'pay', to: 'invoice', trigger: 'fail' }],
})

const open = (): Promise<Workshop> =>
  Workshop.open(new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })), [guarded])

const failing = async (count: number): Promise<Workshop> => {
  const shop = await open()
  for (let n = 0; n < count; n += 1) {
    const workflow = await shop.start(guarded, `failed-${n}`)
    await shop.fail(`${workflow}.0.1`)
  }
  return shop
}

const recordOf = async (shop: Workshop) => {
  const roster = await shop.node.engine.roster(HOME)
  return roster.ok ? roster.value.state?.breakers.get('guarded:pay') : undefined
}

/** Whether one more is let begin. */
const begins = async (shop: Workshop, key: string): Promise<boolean> => {
  const before = shop.begun.length
  await shop.start(guarded, key)
  return shop.begun.length > before
}

describe('RES-4 breakers', () => {
  test('RES-4 after so many failures it opens: what comes fails at once with circuit-open, and its fail link takes over', async () => {
    const shop = await failing(3)
    const workflow = await shop.start(guarded, 'next')
    expect(shop.begun.length).toBe(3)
    await shop.node.clock.advance(10)
    const state = await shop.node.state(workflow)
    expect([state.status, state.steps[0]?.error?.code, state.steps[1]?.status]).toEqual(['completed', 'circuit-open', 'succeeded'])
    expect(await recordOf(shop)).toMatchObject({ state: 'open', opened: 1 })
    expect(shop.alerts.map(({ kind }) => kind)).toEqual(['breaker-opened'])
  })

  test('RES-4 after its time one is tried; two that succeed close it, one that fails opens it again', async () => {
    const shop = await failing(3)
    await shop.node.clock.advance(10_000)
    expect(await begins(shop, 'trial')).toBe(true)
    expect(await begins(shop, 'meanwhile')).toBe(false)
    await shop.fail(shop.atWork[0])
    expect(await recordOf(shop)).toMatchObject({ state: 'open', opened: 2 })
    await shop.node.clock.advance(10_000)
    for (const key of ['one', 'two']) {
      expect(await begins(shop, key)).toBe(true)
      expect(await recordOf(shop)).toMatchObject({ state: 'half-open' })
      await shop.finish(shop.atWork[0])
    }
    expect(await recordOf(shop)).toMatchObject({ state: 'closed' })
    expect(await begins(shop, 'as usual')).toBe(true)
  })

  test('RES-4 an open breaker is open in the next life too, until its time has come', async () => {
    const shop = await failing(3)
    await shop.node.clock.advance(4_000)
    await shop.restart()
    expect(await begins(shop, 'next life')).toBe(false)
    await shop.node.clock.advance(6_000)
    expect(await begins(shop, 'trial')).toBe(true)
  })

  test('RES-4 a person closes it, by name', async () => {
    const shop = await failing(3)
    const reset = await shop.node.submit({ kind: 'reset-breaker', home: HOME, breaker: 'guarded:pay', by: 'ann' })
    expect([reset.ok, (await recordOf(shop))?.state, await begins(shop, 'again')]).toEqual([true, 'closed', true])
  })

  test('RES-4 E3 outcomes of a turn that was not committed count for nothing', async () => {
    const shop = await failing(2)
    const workflow = await shop.start(guarded, 'third')
    shop.node.store.failNext({ code: 'disk-full', message: 'full' })
    await shop.fail(`${workflow}.0.1`)
    expect(await recordOf(shop)).toBeUndefined()
    await shop.node.clock.advance(2_000)
    expect(await recordOf(shop)).toMatchObject({ state: 'open', opened: 1 })
  })
})
