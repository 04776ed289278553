import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../values/json.ts'
import { compileInputSchema } from './input.ts'

const order: JsonObject = {
  type: 'object',
  required: ['orderId', 'lines'],
  additionalProperties: false,
  properties: {
    orderId: { type: 'string', pattern: '^[a-z0-9-]{1,10}$' },
    priority: { enum: ['high', 'low'] },
    weight: { type: 'number', exclusiveMinimum: 0, maximum: 100 },
    note: { type: ['string', 'null'], maxLength: 3, minLength: 1 },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 2,
      items: {
        type: 'object',
        required: ['sku'],
        properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1, maximum: 50 } },
      },
    },
  },
}

const { check, problems } = compileInputSchema(order)
const good = { orderId: 'o-1', lines: [{ sku: 'a', quantity: 1 }] }

describe('an input', () => {
  test('that fits has no problems', () => {
    expect(problems).toEqual([])
    expect(check(good)).toEqual([])
    expect(check({ ...good, weight: 1.5, note: null, labels: { a: 'b' }, priority: 'low' })).toEqual([])
    expect(check({ ...good, note: '🙂🙂🙂', lines: [{ sku: 'a', quantity: 2.0 }] })).toEqual([])
  })

  test('DEF-1 all problems are listed, each with its path', () => {
    const bad = {
      priority: 'urgent',
      weight: 0,
      note: '',
      labels: { a: 1 },
      lines: [{ quantity: 0.5 }, { sku: 1, quantity: 51 }, {}],
      prioriti: 1,
    }
    expect([...check(bad)].sort()).toEqual(
      [
        'labels.a: must be string, not integer',
        'lines.0.quantity: must be at least 1',
        'lines.0.quantity: must be integer, not number',
        'lines.0.sku: is missing',
        'lines.1.quantity: must be at most 50',
        'lines.1.sku: must be string, not integer',
        'lines.2.sku: is missing',
        'lines: must have at most 2 items',
        'note: must have at least 1 characters',
        'orderId: is missing',
        'prioriti: is not a known field; did you mean "priority"?',
        'priority: must be one of "high", "low"',
        'weight: must be more than 0',
      ].sort(),
    )
  })

  test('of another kind altogether', () => {
    for (const input of [null, 1, 'text', [], true]) expect(check(input)[0]).toMatch(/^input: must be object/)
  })

  test('with a prototype’s names as fields', () => {
    expect(check({ ...good, constructor: 1 })).toEqual(['constructor: is not a known field'])
    expect(compileInputSchema({ type: 'object', required: ['toString'] }).check({})).toEqual(['toString: is missing'])
  })

  test('B28 that would keep a backtracking pattern busy for ever', () => {
    const { check: matches } = compileInputSchema({ type: 'string', pattern: '^(a+)+$' })
    expect(matches('a'.repeat(20_000))).toEqual([])
    expect(matches(`${'a'.repeat(20_000)}b`)).toEqual(['input: must match ^(a+)+$'])
  })

  test('with a hundred thousand problems gets a hundred of them', () => {
    const { check: items } = compileInputSchema({ items: { type: 'string' } })
    expect(items(Array(100_000).fill(1))).toHaveLength(100)
  })
})

test('a schema with a keyword that would not be checked is refused', () => {
  const bad: [JsonObject, string][] = [
    [{ typ: 'object' }, 'inputSchema.typ'],
    [{ oneOf: [] }, 'inputSchema.oneOf'],
    [{ $ref: '#/x' }, 'inputSchema.$ref'],
    [{ type: 'objekt' }, 'inputSchema.type'],
    [{ type: [] }, 'inputSchema.type'],
    [{ required: 'a' }, 'inputSchema.required'],
    [{ properties: { a: { minimum: '1' } } }, 'inputSchema.properties.a.minimum'],
    [{ properties: { a: true } }, 'inputSchema.properties.a'],
    [{ items: { pattern: '(' } }, 'inputSchema.items.pattern'],
    [{ pattern: 'a'.repeat(501) }, 'inputSchema.pattern'],
    [{ minItems: -1 }, 'inputSchema.minItems'],
    [{ enum: [] }, 'inputSchema.enum'],
    [{ constructor: 1 }, 'inputSchema.constructor'],
  ]
  for (const [schema, path] of bad) expect(compileInputSchema(schema).problems).toMatchObject([{ code: 'bad-input-schema', path }])
})
