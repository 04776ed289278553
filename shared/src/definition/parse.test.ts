import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../values/json.ts'
import { compileDefinition } from './compile.ts'
import type { Definition, DefinitionProblem } from './definition.ts'
import { parseDefinition } from './parse.ts'
import { MAX_TEXT, readText } from './text.ts'

const GOOD = `
name: orders
steps:
  pick: { type: map, over: input.lines, each: { type: task, capability: pick, compensate: put-back } }
  hold: { type: wait, on: { kind: time, delayMs: 2h } }
  ship: { type: task, capability: ship, timeoutMs: 5m, retry: { maxAttempts: 4, initialDelayMs: 50ms } }
links:
  - { from: pick, to: hold, when: input.hold }
  - { from: pick, to: ship, when: '!input.hold', targetPort: bins }
  - { from: hold, to: ship }
compensations:
  put-back: { type: function, function: put-back, retry: aggressive }
`

const compiled = (text: string) => {
  const result = parseDefinition(text)
  if (!result.ok) throw new Error(JSON.stringify(result.error, null, 2))
  return result.value
}

const problemsOf = (text: string, format?: 'json' | 'yaml'): DefinitionProblem[] => {
  const result = parseDefinition(text, format === undefined ? {} : { format })
  if (result.ok) throw new Error('was accepted')
  return result.error
}

const places = (problems: readonly DefinitionProblem[]) =>
  problems.map(({ code, path, line, column }) => `${code} ${path} ${line}:${column}`)

describe('the authored form', () => {
  test('DEF-1 defaults, presets and durations', () => {
    const { definition } = compiled(GOOD)
    expect(definition).toMatchObject({ version: 1, title: 'orders', onFailure: 'compensate', cancel: {} })
    expect(definition.steps.ship).toMatchObject({
      work: { type: 'task', capability: 'ship', leaseMs: 15_000, mayFinishOffline: true },
      join: 'all',
      timeoutMs: 300_000,
      retry: { strategy: 'exponential', maxAttempts: 4, initialDelayMs: 50, maxDelayMs: 5_000, multiplier: 2, jitter: true },
    })
    expect(definition.steps.hold).toMatchObject({ work: { on: { kind: 'time', delayMs: 7_200_000 } }, retry: { strategy: 'none' } })
    expect(definition.steps.pick).toMatchObject({
      work: { each: { work: { capability: 'pick' }, timeoutMs: 30_000, retry: { maxAttempts: 3 } } },
    })
    expect(definition.compensations['put-back']).toMatchObject({ retry: { maxAttempts: 5 }, work: { function: 'put-back' } })
    expect(Object.keys(definition.steps.ship!.work)).not.toContain('kind')
  })

  test('DEF-1 JSON, YAML and the contract’s own form mean the same', () => {
    const yaml = compiled(GOOD)
    const json = parseDefinition(JSON.stringify(yaml.definition, null, '\t'), { format: 'json' })
    const typed = compileDefinition(yaml.definition)
    expect(json.ok && json.value.hash).toBe(yaml.hash)
    expect(typed.ok && typed.value.definition).toEqual(yaml.definition)
    expect(typed.ok && typed.value.hash).toBe(yaml.hash)
  })

  test('DEF-4 links carry trigger, condition and ports, and know their steps by number', () => {
    const { links, steps, entries, numberOf } = compiled(GOOD)
    expect(entries).toEqual([0])
    expect([...numberOf]).toEqual([['pick', 0], ['hold', 1], ['ship', 2]]) // biome-ignore format: a table
    expect(links.map(({ from, to, spec }) => [from, to, spec.trigger, spec.targetPort])).toEqual([
      [0, 1, 'complete', undefined],
      [0, 2, 'complete', 'bins'],
      [1, 2, 'complete', undefined],
    ])
    expect(steps[2]!.incoming).toEqual([links[1], links[2]])
    expect(steps[0]!.outgoing).toEqual([links[0], links[1]])
    expect(links[2]!.when).toBeUndefined()
    expect(links[1]!.when!.evaluate({ input: { hold: false } })).toEqual({ ok: true, value: true })
    expect(steps[0]!.each!.compensation!.name).toBe('put-back')
  })

  test('the hash knows the order of steps, and nothing of how the rest was written', () => {
    const { definition, hash } = compiled(GOOD)
    const { pick, ...others } = definition.steps
    const reordered = compileDefinition({ ...definition, steps: { ...others, pick: pick! } })
    const rewritten = compileDefinition({ ...Object.fromEntries(Object.entries(definition).reverse()) } as unknown as Definition)
    expect(reordered.ok && reordered.value.hash).not.toBe(hash)
    expect(rewritten.ok && rewritten.value.hash).toBe(hash)
  })

  test('sharing no step is the same as not saying so; sharing one is another content', () => {
    const { definition, hash } = compiled(GOOD)
    const [nothing, something] = [[], ['pick']].map((shares) => compileDefinition({ ...definition, shares }))
    expect(nothing?.ok && [nothing.value.hash, nothing.value.definition]).toEqual([hash, definition])
    expect(something?.ok && something.value.definition.shares).toEqual(['pick'])
    expect(something?.ok && something.value.hash).not.toBe(hash)
  })
})

describe('problems', () => {
  test('DEF-1 all at once, each with path, line and column', () => {
    const found = problemsOf(
      [
        'name: Orders!',
        'titel: x',
        'inputSchema: { type: objct }',
        'steps:',
        '  a: { type: task, capabilty: pick, leaseMs: soon, retry: fast }',
        '  b: { type: tusk }',
        '  a: {}',
        'links:',
        '  - { from: a, to: b, when: inptu.x }',
        '  - { from: b, to: aa }',
      ].join('\n'),
    )
    expect(places(found)).toEqual([
      'duplicate-key steps.a 7:3',
      'bad-value name 1:1',
      'bad-value steps.a.retry 5:52',
      'missing-field steps.a.capability 7:3',
      'bad-value steps.a.leaseMs 5:37',
      'unknown-key steps.a.capabilty 5:20',
      'bad-value steps.b.type 6:8',
      'unknown-key titel 2:1',
      'unknown-step links.1.to 10:16',
      'bad-expression links.0.when 9:23',
      'bad-input-schema inputSchema.type 3:16',
    ])
    const messages = found.map((problem) => problem.message).join('\n')
    for (const near of ['"capability"', '"title"', '"input"', '"a"']) expect(messages).toContain(`did you mean ${near}?`)
    expect(messages).toContain('expected one of task, function, executor, wait, map')
    expect(messages).toContain('standard, aggressive, conservative, none or an object')
  })

  test('DEF-1 nothing at all, and the wrong thing', () => {
    expect(problemsOf('').map((problem) => problem.code)).toContain('bad-value')
    expect(problemsOf('[]').length).toBeGreaterThan(0)
    expect(problemsOf('name: a').map((problem) => `${problem.code} ${problem.path}`)).toEqual(['missing-field steps', 'no-steps steps'])
  })

  test('B7 forbidden keys, anywhere, however the definition arrives', () => {
    const text = GOOD.replace('name: orders', 'name: orders\ninputSchema: { properties: { __proto__: { type: object }, constructor: {} } }')
    expect(places(problemsOf(text))).toEqual([
      'forbidden-key inputSchema.properties.__proto__ 3:30',
      'forbidden-key inputSchema.properties.constructor 3:59',
    ])
    const loaded = JSON.parse('{"name":"a","steps":{"__proto__":{"type":"task","capability":"x"}}}')
    expect(compileDefinition(loaded)).toMatchObject({ ok: false, error: [{ code: 'forbidden-key', path: 'steps.__proto__' }] })
    expect(({} as Record<string, unknown>).type).toBeUndefined()
  })

  test('B29 durations and sizes out of bounds', () => {
    const task = (fields: string) => problemsOf(`name: a\nsteps: { s: { type: task, capability: c, ${fields} } }`).map(({ path }) => path)
    for (const bad of ['-1', '0', '1.5', '"30 parsecs"', '99999d', '"-5s"', 'null', '1e300'])
      expect(task(`timeoutMs: ${bad}`)).toEqual(['steps.s.timeoutMs'])
    expect(task('retry: { maxAttempts: 0 }')).toEqual(['steps.s.retry.maxAttempts'])
    expect(task('retry: { initialDelayMs: -1 }')).toEqual(['steps.s.retry.initialDelayMs'])
    const many = `name: a\nsteps:\n${Array.from({ length: 10_500 }, (_, n) => `  s${n}: { type: function, function: f }`).join('\n')}`
    expect(problemsOf(many)).toMatchObject([{ path: 'steps', message: 'at most 10000 steps' }])
  })
})

describe('hostile text', () => {
  const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from(
    { length: 9 },
    (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`,
  ).join('\n')}`

  test.each([
    ['alias bomb', bomb, 'too-large'],
    ['alias to itself', 'a: &a { b: *a }', 'too-deep'],
    ['alias to nothing', 'a: *gone', 'malformed'],
    ['deep flow', '['.repeat(20_000), 'too-deep'],
    ['deep block', Array.from({ length: 60 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'), 'too-deep'],
    ['long', `a: ${'x'.repeat(MAX_TEXT)}`, 'too-large'],
    ['infinite number', 'a: 1e400', 'bad-value'],
    ['binary', 'a: !!binary aGk=', 'bad-value'],
    ['foreign tag', 'a: !!js/function x', 'malformed'],
    ['two documents', 'a: 1\n---\nb: 2', 'malformed'],
    ['a list as key', '? [a]\n: b', 'malformed'],
    ['broken', 'a: [1\nb: 2', 'malformed'],
    ['many keys, one of them twice', `${Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join('\n')}\nk7: 2`, 'duplicate-key'],
  ])('B29 %s', (_, text, code) => {
    expect(problemsOf(text).map((problem) => problem.code)).toContain(code)
  })

  test('JSON that is none is refused even where YAML would take it', () => {
    for (const text of ['{a: 1}', "{'name': 'a'}", '{"name": "a",}', 'name: a'])
      expect(problemsOf(text, 'json')[0]).toMatchObject({ code: 'malformed' })
    expect(problemsOf('{"name": "a", "name": "b"}', 'json')[0]).toMatchObject({ code: 'duplicate-key', line: 1, column: 15 })
  })

  test('any text gets an answer, never an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a:-{}[]&*!|>?"\'\n #,') })), (text) => {
        expect(parseDefinition(text).ok).toBe(false)
      }),
    )
  })

  test('any JSON value is read as JSON reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        const read = readText(text, 'json')
        if (!read.ok) throw new Error(JSON.stringify(read.error))
        if (read.value.problems.length === 0) expect(read.value.json).toEqual(JSON.parse(text) as Json)
        else expect(read.value.problems[0]!.code).toBe('forbidden-key')
      }),
    )
  })
})
