import { describe, expect, test } from 'vitest'
import type { Json } from '../../values/json.ts'
import { runCases } from './cases.ts'
import { compileRule, parseRule } from './compile.ts'
import { askRule, RuleShelf } from './shelf.ts'

const compiled = (authored: Json) => {
  const rule = compileRule(authored)
  if (!rule.ok) throw new Error(JSON.stringify(rule.error))
  return rule.value
}
const problemsOf = (text: string): readonly string[] => {
  const rule = parseRule(text)
  return rule.ok ? [] : rule.error.map(({ code, path, line = 0 }) => `${code} ${path} :${line}`)
}
const rule = (more: { readonly [name: string]: Json } = {}) => compiled({ id: 'r', on: 'begin', when: 'step.id == "weld"', ...more })

describe('CON-3 a rule as data', () => {
  test('CON-3 everything that is wrong is told at once, each with its place', () => {
    const text =
      'id: Two Robots\non: begn\nwhen: agnt.id == 1\nresolve: [luck]\ncolour: red\ncases: [{ name: x, given: {}, expect: maybe }]\n'
    expect(problemsOf(text)).toEqual([
      'bad-value id :1',
      'bad-value on :2',
      'bad-value resolve.0 :4',
      'bad-value cases.0.expect :6',
      'unknown-key colour :5',
    ])
    expect(problemsOf('id: R\non: begin\nwhen: agnt.id == 1\n')).toEqual(['bad-value id :1', 'bad-expression when :3'])
    const later = 'id: r\non: decision\nwhen: agnt.id == 1\ncases: [{ name: x, given: { agent: {} }, expect: nothing }]\n'
    expect(problemsOf(later)).toEqual(['bad-expression when :3', 'unknown-name cases.0.given.agent :4'])
  })

  test('CON-3 B28 what could cost too much at a large facility is refused before it ever runs', () => {
    const nested = 'facility.working.exists(a, facility.working.exists(b, facility.agents.exists(c, c.id == a.agent && b.agent != c.id)))'
    const twice = 'facility.working.exists(a, facility.working.exists(b, a.agent == b.agent))'
    expect(problemsOf(`id: r\non: begin\nwhen: ${nested}\n`)).toMatchObject([expect.stringMatching(/^(bad-expression|too-costly) when/)])
    expect(problemsOf(`id: r\non: begin\nwhen: ${twice}\n`)).toEqual([])
    expect(problemsOf(`id: r\non: begin\nwhen: ${twice} && ${twice}\n`)).toEqual(['too-costly when :3'])
  })

  test('CON-3 B28 one that throws, gives no yes or no, or meets too much while it runs is an error, and no hang', () => {
    expect(askRule(rule(), { step: { id: 'weld' } })).toMatchObject({ by: { rule: { id: 'r' } } })
    expect(askRule(rule(), { step: { id: 'pack' } })).toBeUndefined()
    expect(askRule(rule(), { step: {} })?.error).toContain('id')
    expect(askRule(rule({ when: 'step.id' }), { step: { id: 'x' } })?.error).toBe('it gives neither true nor false')
    const many = Array.from({ length: 2_000 }, (_, n) => ({ agent: `a${n}` }))
    const costly = rule({ when: 'facility.working.exists(a, facility.working.exists(b, a.agent + b.agent == ""))' })
    expect(askRule(costly, { facility: { working: many } })?.error).toContain('too much work')
  })

  test('CON-3 its cases are run as a node would ask it', () => {
    const tried = runCases(
      rule({
        cases: [
          { name: 'it welds', given: { step: { id: 'weld' } }, expect: 'conflict' },
          { name: 'it packs', given: { step: { id: 'pack' } }, expect: 'conflict' },
          { name: 'nobody said', given: {}, expect: 'rule-error' },
        ],
      }),
    )
    expect(tried.map(({ passed, found }) => [passed, found.split(':')[0]])).toEqual([
      [true, 'conflict'],
      [false, 'nothing'],
      [true, 'rule-error'],
    ])
  })
})

describe('CON-3 the shelf', () => {
  test('CON-3 of each rule the highest version counts, and the most severe is asked first', () => {
    const shelf = new RuleShelf()
    shelf.add(rule({ id: 'a', version: 2, when: 'false' }))
    shelf.add(rule({ id: 'a', version: 1 }))
    shelf.add(rule({ id: 'b' }))
    shelf.add(rule({ id: 'c', severity: 'critical' }))
    expect(shelf.all.map(({ rule: { id, version } }) => `${id}.${version}`)).toEqual(['c.1', 'a.2', 'b.1'])
    const weld = { step: { id: 'weld' } }
    expect(shelf.ask('begin', weld)?.by.rule.id).toBe('c')
    expect(shelf.ask('decision', weld)).toBeUndefined()
    shelf.remove('c', 1)
    expect(shelf.ask('begin', weld)?.by.rule.id).toBe('b')
    shelf.remove('a', 2)
    expect(shelf.ask('begin', weld)?.by.rule.id).toBe('a')
    expect(shelf.find('a', 2)).toBeUndefined()
    expect(shelf.find('a')?.rule.version).toBe(1)
  })
})
