import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DefinitionProblem } from '../definition.ts'
import { compileTemplate } from './compile.ts'
import { instantiate } from './instantiate.ts'
import { parseAuthored } from './parse.ts'
import { TemplateShelf } from './shelf.ts'
import type { Template } from './template.ts'

const CELL = `
template: picking-cell
title: Picking cell
description: Orders of one zone, inspected if they are dear
tags: [orders, picking]
parameters:
  zone: { type: text, pattern: "^[a-z0-9' -]{1,20}$", default: a1, description: Where it stands }
  dear: { type: number, minimum: 0, default: 100 }
  patience: { type: duration, minimum: 1s, maximum: 1h, default: 5m }
  tries: { type: integer, minimum: 1, maximum: 10, default: 3 }
  careful: { type: boolean, default: true }
  who: { type: choice, options: [robot, human], default: robot }
definition:
  name: picking
  title: Picking in \${zone}, costs $\${dear}
  steps:
    pick:
      type: task
      capability: pick
      kind: \${who}
      timeoutMs: \${patience}
      retry: { maxAttempts: "\${tries}" }
      input: { zone: "\${zone}", within: "\${patience}" }
    inspect: { type: task, capability: inspect }
  links:
    - { from: pick, to: inspect, when: "\${careful} && input.price > \${dear} && input.zone == \${zone}" }
`

const templateOf = (text: string): Template => {
  const parsed = parseAuthored(text)
  if (!parsed.ok || parsed.value.kind !== 'template') throw new Error(JSON.stringify(parsed))
  return parsed.value.template
}

const made = (parameters: { readonly [name: string]: string | number | boolean }) => {
  const instance = instantiate(templateOf(CELL), { parameters })
  if (!instance.ok) throw new Error(JSON.stringify(instance.error))
  return instance.value
}

const places = (problems: readonly DefinitionProblem[]) => problems.map(({ code, path }) => `${code} ${path}`)
const problemsOf = (result: { readonly ok: boolean; readonly error?: readonly DefinitionProblem[] }) => places(result.error ?? [])

describe('DEF-6 a template with arguments is a definition', () => {
  test('defaults fill what is left out; a lone placeholder keeps its type', () => {
    const { definition } = made({})
    expect(definition.title).toBe(`Picking in a1, costs \${dear}`)
    expect(definition.steps.pick).toMatchObject({
      work: { kind: 'robot' },
      timeoutMs: 300_000,
      retry: { maxAttempts: 3 },
      input: { zone: '"a1"', within: '300000' },
    })
    expect(definition.links[0]?.when).toBe('true && input.price > 100 && input.zone == "a1"')
  })

  test('arguments go in, a duration as milliseconds', () => {
    const { definition } = made({ zone: 'b2', patience: '90s', tries: 10, careful: false, who: 'human', dear: 2.5 })
    expect(definition.steps.pick).toMatchObject({ work: { kind: 'human' }, timeoutMs: 90_000, retry: { maxAttempts: 10 } })
    expect(definition.links[0]?.when).toBe('false && input.price > 2.5 && input.zone == "b2"')
  })

  test('an argument is a literal in an expression, whatever it holds', () => {
    const open = templateOf(
      `{ template: t, parameters: { t: { type: text } }, definition: { name: t, steps: { a: { type: function, function: f, validate: "output == \${t}" } } } }`,
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const instance = instantiate(open, { parameters: { t: text } })
        const validate = instance.ok ? instance.value.steps[0]?.validate : undefined
        expect(validate?.evaluate({ output: text })).toEqual({ ok: true, value: true })
      }),
      { numRuns: 50, examples: [['" || true || "'], ['\\'], ['\\" || true'], [`\u2028\${t}`]] },
    )
    expect(problemsOf(instantiate(open, { parameters: { t: '\ud800' } }))).toEqual(['bad-expression steps.a.validate'])
  })

  test('another name or version makes another definition', () => {
    const template = templateOf(CELL)
    const one = instantiate(template, { parameters: {}, name: 'picking-b', version: 4 })
    expect(one.ok && [one.value.definition.name, one.value.definition.version]).toEqual(['picking-b', 4])
  })
})

describe('DEF-6 all that is wrong is told at once', () => {
  test('of the arguments', () => {
    const wrong = instantiate(templateOf(CELL), {
      parameters: { zon: 'b', zone: 'B!', tries: 11, patience: '2h', careful: 'yes', who: 'cat', dear: '5' },
    })
    expect(problemsOf(wrong)).toEqual([
      'unknown-parameter parameters.zon',
      'bad-parameter parameters.zone',
      'bad-parameter parameters.dear',
      'bad-parameter parameters.patience',
      'bad-parameter parameters.tries',
      'bad-parameter parameters.careful',
      'bad-parameter parameters.who',
    ])
    expect(wrong.ok ? '' : wrong.error[0]?.message).toBe('there is no parameter "zon"; did you mean "zone"?')
    expect(problemsOf(instantiate(templateOf(CELL), { parameters: [] }))).toEqual(['bad-parameter parameters'])
    const needing = templateOf(
      `{ template: t, parameters: { n: { type: integer } }, definition: { name: t, steps: { a: { type: function, function: f, timeoutMs: "\${n}" } } } }`,
    )
    expect(problemsOf(instantiate(needing, { parameters: {} }))).toEqual(['missing-parameter parameters.n'])
    expect(problemsOf(instantiate(needing, { parameters: { n: 1.5 } }))).toEqual(['bad-parameter parameters.n'])
  })

  test('of the definition that fitting arguments make', () => {
    const loose = templateOf(`
template: loose
parameters: { to: { type: text }, tries: { type: integer } }
definition:
  name: loose
  steps: { a: { type: task, capability: x, retry: { maxAttempts: "\${tries}" } } }
  links: [{ from: a, to: "\${to}" }]
`)
    expect(problemsOf(instantiate(loose, { parameters: { to: 'b', tries: 0 } }))).toEqual([
      'bad-value steps.a.retry.maxAttempts',
      'unknown-step links.0.to',
    ])
  })

  test('of the template itself, with line and column', () => {
    const parsed = parseAuthored(`
template: wrong
parameters:
  low: { type: integer, minimum: 5, maximum: 1 }
  odd: { type: text, pattern: "(", default: x }
  late: { type: duration, maximum: 1s, default: 2s }
  idle: { type: boolean, default: true }
definition:
  name: "\${nme}"
`)
    expect(parsed.ok ? [] : parsed.error.map(({ code, path, line }) => `${code} ${path} ${line}`)).toEqual([
      'bad-bounds parameters.low 4',
      'bad-input-schema parameters.odd.pattern 5',
      'bad-default parameters.late.default 6',
      'unknown-parameter definition.name 9',
      'unused-parameter parameters.low 4',
      'unused-parameter parameters.odd 5',
      'unused-parameter parameters.late 6',
      'unused-parameter parameters.idle 7',
    ])
  })

  test('of the definition its defaults make', () => {
    const trial = compileTemplate({
      template: 't',
      parameters: { to: { type: 'text', default: 'b' } },
      definition: { name: 't', steps: { a: { type: 'task' } }, links: [{ from: 'a', to: `\${to}` }] },
    })
    expect(problemsOf(trial)).toEqual(['missing-field definition.steps.a.capability', 'unknown-step definition.links.0.to'])
  })

  test('a placeholder between quotes in an expression, where it would be quoted twice', () => {
    const quoted = compileTemplate({
      template: 't',
      parameters: { zone: { type: 'text', default: 'a1' } },
      definition: {
        name: 't',
        title: `"\${zone}" in a title is a text`,
        steps: { a: { type: 'task', capability: 'c', validate: `output == '\${zone}' || output == \${zone} + "!"` } },
      },
    })
    expect(problemsOf(quoted)).toEqual(['quoted-parameter definition.steps.a.validate'])
  })

  test('names of prototypes are refused at any depth', () => {
    const json = JSON.parse('{ "template": "t", "definition": { "name": "t", "steps": { "__proto__": {} } } }')
    expect(problemsOf(compileTemplate(json))).toEqual(['forbidden-key definition.steps.__proto__'])
  })
})

describe('DEF-6 the shelf', () => {
  const shelf = new TemplateShelf()
  const cell = templateOf(CELL)
  shelf.add(cell)
  shelf.add({ ...cell, version: 2, title: 'Second' })
  shelf.add({ ...cell, name: 'returns', title: 'Returns desk', tags: ['orders'] })

  test('finds by words and tags', () => {
    const names = (search: Parameters<TemplateShelf['search']>[0]) => shelf.search(search).map(({ name, version }) => `${name} ${version}`)
    expect(names({})).toEqual(['picking-cell 2', 'returns 1'])
    expect(names({ text: 'ZONE desk' })).toEqual(['returns 1'])
    expect(names({ tags: ['orders', 'picking'] })).toEqual(['picking-cell 2'])
    expect(names({ text: 'nothing' })).toEqual([])
  })

  test('keeps a version as it is', () => {
    expect(shelf.add(cell)).toBeUndefined()
    expect(shelf.add({ ...cell, title: 'Other' })).toContain('picking-cell version 1')
    expect(shelf.find('picking-cell', 1)?.title).toBe('Picking cell')
    expect(shelf.find('picking-cell')?.title).toBe('Second')
    expect(shelf.find('none')).toBeUndefined()
  })
})
