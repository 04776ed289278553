import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { STEP_TABLE, WORKFLOW_TABLE } from './lifecycle.ts'

const HERE = new URL('.', import.meta.url)
const SPEC = new URL('SPEC.md', HERE)
const [OPEN, CLOSE] = ['<!-- tables -->', '<!-- /tables -->']

type Table = Readonly<Record<string, Readonly<Record<string, string | null>>>>

/** One arrow for each pair of statuses, with all the events that lead from one to the other. */
const arrowsOf = (table: Table): readonly string[] =>
  Object.entries(table).flatMap(([from, row]) => {
    const moves = Object.entries(row).filter(([, to]) => to !== null)
    const targets = [...new Set(moves.map(([, to]) => to))]
    return targets.map((to) => `  ${from} --> ${to}: ${moves.flatMap(([event, end]) => (end === to ? [event] : [])).join(', ')}`)
  })

const drawn = (title: string, table: Table): string =>
  [`### ${title}`, '', '```mermaid', 'stateDiagram-v2', ...arrowsOf(table), '```'].join('\n')

const section = (): string => ['', drawn('A workflow', WORKFLOW_TABLE), '', drawn('A step', STEP_TABLE), ''].join('\n')

test('SM-2 the diagrams of SPEC.md are those of the tables', () => {
  const spec = readFileSync(SPEC, 'utf8')
  const [before = '', rest = ''] = spec.split(OPEN ?? '')
  const [, after = ''] = rest.split(CLOSE ?? '')
  const fresh = `${before}${OPEN}\n${section()}\n${CLOSE}${after}`
  if (process.env.UPDATE_SPEC === '1') writeFileSync(SPEC, fresh)
  else expect(spec).toBe(fresh)
})

for (const [room, letter] of [
  ['workflow', 'W'],
  ['engine', 'E'],
] as const) {
  test(`every rule of ${room}/SPEC.md has a test that carries its id, and no test carries another`, () => {
    const folder = new URL(`../${room}/`, HERE)
    const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'))
    const names = files.flatMap((file) => readFileSync(new URL(file, folder), 'utf8').match(/(?<=(?:test|describe)\(\s*[`'])[^\n]*/g) ?? [])
    const id = new RegExp(`(?<![\\w-])${letter}\\d+(?!\\w)`, 'g')
    const rules = [...readFileSync(new URL('SPEC.md', folder), 'utf8').matchAll(new RegExp(`^- \\*\\*(${letter}\\d+)\\*\\*`, 'gm'))]
    const proven = new Set(names.flatMap((name) => name.match(id) ?? []))
    expect([...proven].toSorted()).toEqual(rules.map(([, rule]) => rule).toSorted())
  })
}
