import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { ok } from '../values/result.ts'
import { type Limits, NO_LIMITS } from './limits.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TestNode } from './test-support.ts'

const CALL = { type: 'function', function: 'f', timeoutMs: 60_000, retry: 'none' } as const
const list = (length: number): readonly number[] => Array.from({ length }, (_, n) => n)

/** Runs a map over so many items; gives the virtual moments at which its calls were made. */
const momentsOf = async (each: object, count: number, limits: Partial<Limits> = {}, forMs = 60_000): Promise<readonly number[]> => {
  const definition = define({ steps: { m: { type: 'map', over: 'input', each: { ...CALL, ...each }, timeoutMs: 3_600_000 } } })
  const moments: number[] = []
  const node: TestNode = await TestNode.open({
    store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })),
    definitions: [definition],
    functions: new Map([
      [
        'f',
        {
          safety: 'idempotent',
          perform: async () => {
            moments.push(node.clock.now().wall)
            return ok(null)
          },
        },
      ],
    ]),
    limits: { ...NO_LIMITS, ...limits },
  })
  await node.start(definition, list(count))
  await node.clock.advance(forMs)
  return moments
}

describe('LIM-3 rates', () => {
  test.each([
    [2, 1],
    [3, 1],
    [7, 5],
  ])(
    'LIM-3 a step said to begin %d a second begins so often, within 5 %% of it, over a minute of virtual time',
    async (perSecond, burst) => {
      const moments = await momentsOf({ rate: { perSecond, burst } }, 500)
      expect(Math.abs(moments.length - burst - perSecond * 60)).toBeLessThanOrEqual(0.05 * perSecond * 60)
      moments.forEach((at, place) => {
        const within = moments.filter((other) => other >= at && other < at + 1_000).length
        expect([place, within <= burst + perSecond]).toEqual([place, true])
      })
    },
  )

  test('LIM-3 a rate of the node binds all steps of a type, or all that call one function', async () => {
    const rates = { function: { perSecond: 4, burst: 1 }, 'function:f': { perSecond: 1, burst: 1 } }
    const moments = await momentsOf({}, 100, { rates }, 20_000)
    expect(moments.length).toBe(21)
  })
})
