import { describe, expect, test } from 'vitest'
import { compileDefinition } from './compile.ts'
import { parseDefinition } from './parse.ts'

const read = (text: string) => {
  const compiled = parseDefinition(text)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}
const problemsOf = (text: string): readonly string[] => {
  const compiled = parseDefinition(text)
  return compiled.ok ? [] : compiled.error.map(({ code, path, line }) => `${code} ${path} :${line}`)
}

const ROUTE = `name: route
steps:
  pick: { type: choice, cases: [{ when: input.a, to: x }, { when: input.b, to: y }], otherwise: x }
  x: { type: task, capability: go, fallback: y }
  y: { type: task, capability: go }
`

describe('ways on', () => {
  test('DEF-9 cases and fallbacks are links in the order written', () => {
    const { links } = read(ROUTE).definition
    expect(links.map(({ from, to, trigger, when }) => [from, to, trigger, when ?? ''].join(' '))).toEqual([
      'pick x complete input.a',
      'pick y complete input.b',
      'pick x complete ',
      'x y fail ',
    ])
  })

  test('DEF-9 what was read reads as itself, with the same hash', () => {
    const compiled = read(ROUTE)
    const again = compileDefinition(compiled.definition)
    expect(again.ok && again.value.hash).toBe(compiled.hash)
  })

  test('DEF-2 DEF-9 every mistake at the place where it was written, all at once', () => {
    const text = `name: route
steps:
  pick:
    type: choice
    cases:
      - { when: input.a, to: xx }
      - { when: "input.", to: y }
    otherwise: z
  x: { type: task, capability: go, fallback: nobody }
  y: { type: task, capability: go, fallback: pick }
  mute: { type: choice }
links:
  - { from: pick, to: x }
`
    expect(problemsOf(text)).toEqual([
      'unknown-step steps.pick.cases.0.to :6',
      'unknown-step steps.pick.otherwise :8',
      'bad-fallback steps.x.fallback :9',
      'cycle steps.pick.cases.1 :7',
      'unreachable-step steps.x :9',
      'bad-choice steps.mute :11',
      'bad-choice links.0 :13',
      'bad-expression steps.pick.cases.1.when :7',
    ])
  })

  test('DEF-2 a choice neither takes nor gives data', () => {
    const text = `name: route
steps:
  pick: { type: choice, cases: [{ when: "true", to: y }] }
  x: { type: task, capability: go }
  y: { type: task, capability: go }
links:
  - { from: x, to: pick, targetPort: what }
  - { from: pick, to: y, trigger: fail, targetPort: what }
`
    expect(problemsOf(text)).toEqual(['bad-port links.0.targetPort :7', 'bad-port links.1.targetPort :8'])
  })
})
