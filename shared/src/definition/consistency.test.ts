import { describe, expect, test } from 'vitest'
import { define } from './builder/index.ts'
import { parseDefinition } from './parse.ts'

const read = (consistency: unknown) =>
  parseDefinition(JSON.stringify({ name: 'd', steps: { a: { type: 'task', capability: 'c' } }, consistency }), { format: 'json' })

describe('consistency in a definition', () => {
  test.each<[unknown, object | undefined]>([
    [undefined, undefined],
    ['strong', { level: 'strong' }],
    ['eventual', { level: 'eventual' }],
    [{ level: 'strong' }, { level: 'strong' }],
    [
      { level: 'bounded_staleness', maxLag: '5s', maxPending: 20 },
      { level: 'bounded_staleness', maxLagMs: 5_000, maxPending: 20 },
    ],
    [
      { level: 'bounded_staleness', maxLagMs: 250, maxPending: 1 },
      { level: 'bounded_staleness', maxLagMs: 250, maxPending: 1 },
    ],
  ])('SYN-4 %j is read', (authored, policy) => {
    const parsed = read(authored)
    expect(parsed.ok ? parsed.value.definition.consistency : parsed.error).toEqual(policy)
  })

  test('DEF-1 the read form reads as itself', () => {
    const once = read({ level: 'bounded_staleness', maxLag: '1m', maxPending: 3 })
    if (!once.ok) throw new Error('it should read')
    const again = parseDefinition(JSON.stringify(once.value.definition), { format: 'json' })
    expect(again.ok && again.value.hash).toBe(once.value.hash)
  })

  test.each<[unknown, string]>([
    ['linearizable', 'bad-value consistency.level'],
    ['bounded_staleness', 'bad-value consistency.maxLagMs'],
    [{ level: 'bounded_staleness', maxLag: '5s', maxPending: 0 }, 'bad-value consistency.maxPending'],
    [{ level: 'bounded_staleness', maxLag: 0, maxPending: 1 }, 'bad-value consistency.maxLagMs'],
    [{ level: 'strong', maxLagMs: 5 }, 'unknown-key consistency.maxLagMs'],
  ])('DEF-1 %j is found to be wrong', (authored, problem) => {
    const parsed = read(authored)
    expect(parsed.ok ? [] : parsed.error.map(({ code, path }) => `${code} ${path}`)).toContain(problem)
  })

  test('SYN-4 the builder says the same', () => {
    const built = define({ name: 'd', consistency: { level: 'bounded_staleness', maxLag: '5s', maxPending: 2 } })
      .step('a', { type: 'task', capability: 'c' })
      .build()
    expect(built.ok && built.value.definition.consistency).toEqual({ level: 'bounded_staleness', maxLagMs: 5_000, maxPending: 2 })
  })
})
