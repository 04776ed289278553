import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../values/json.ts'
import { parseDefinition } from '../parse.ts'
import { TOO_MUCH_WORK } from './budget.ts'
import { compileExpression } from './expression.ts'

const parsed = (source: string) => {
  const compiled = compileExpression(source)
  if (!compiled.ok) throw new Error(compiled.error)
  return compiled.value
}

/** `input.a` holds at most 10 elements, each with a list `b` of at most 7. */
const rounds = (source: string): number => parsed(source).rounds((path) => ({ 'input.a': 10, 'input.a.[].b': 7 })[path.join('.')])

describe('how often an expression goes around, from its text and the sizes of lists', () => {
  test.each([
    ['input.a[0].b', 0],
    ['size(input.a)', 0],
    ['input.a.all(x, x.n > 0)', 10],
    ['input.a.all(x, x.b.exists(y, y > 0))', 10 * (1 + 7)],
    ['input.a.map(x, input.a.map(y, y))', 10 * (1 + 10)],
    ['input.a.filter(x, x.n > 0).map(x, x.n)', 10 + 10],
    ['[1, 2, 3].all(x, x > 0) && input.a.exists(y, y.n == 1)', 3 + 10],
    ['input.a.all(x, [x, x].all(input, input.a > 0))', 10 * (1 + 2)],
    ['input.unknown.all(x, input.a.all(y, x == y))', 1 + 10],
    ['steps.pick.output.all(x, x.ok)', 1],
  ])('B28 %s', (source, most) => {
    expect(rounds(source)).toBe(most)
  })

  test('B28 it is never more than what the worst input costs: what is refused here would fail there', () => {
    const sources = ['input.a.all(x, input.a.all(y, true))', 'input.a.map(x, x.b.filter(y, y < 0))', 'input.a.filter(x, true).map(x, x.b)']
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.integer({ min: 1, max: 900 }), (source, size) => {
        const most = parsed(source).rounds((path) => ({ 'input.a': size, 'input.a.[].b': size })[path.join('.')])
        const worst: Json = { a: Array.from({ length: size }, () => ({ b: Array.from({ length: size }, () => 1) })) }
        const result = parsed(source).evaluate({ input: worst })
        if (most > 250_000) expect(result).toEqual({ ok: false, error: TOO_MUCH_WORK })
      }),
      { numRuns: 20, examples: [[sources[0] ?? '', 600]] },
    )
  })
})

describe('B28 registration', () => {
  const definition = (lines: number, cells: string) => `
name: pairs
inputSchema:
  type: object
  properties:
    lines: { type: array, maxItems: ${lines}, items: { type: object, properties: { cells: { type: array${cells} } } } }
steps:
  pair: { type: function, function: pair, input: { worst: 'input.lines.all(a, input.lines.exists(b, a != b))' } }
  cell: { type: function, function: cell, input: { worst: 'input.lines.map(a, a.cells.filter(c, c > 0))' } }
`
  const problems = (text: string) => {
    const result = parseDefinition(text)
    return result.ok ? [] : result.error.map(({ code, path, line }) => `${code} ${path} ${line}`)
  }

  test('lists that the schema keeps small are gone through', () => {
    expect(problems(definition(400, ', maxItems: 500'))).toEqual([])
  })

  test('lists that it lets grow too large are refused, with the place', () => {
    expect(problems(definition(500, ', maxItems: 500'))).toEqual([
      'too-costly steps.pair.input.worst 8',
      'too-costly steps.cell.input.worst 9',
    ])
  })

  test('of a size that is not said, the run decides', () => {
    expect(problems(definition(500, ''))).toEqual(['too-costly steps.pair.input.worst 8'])
  })
})
