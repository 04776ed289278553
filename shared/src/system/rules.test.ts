import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RuleShelf } from '../conflict/rules/shelf.ts'
import { systemClock } from './clock.ts'
import { loadRules, watchRules } from './rules.ts'

const rule = (when: string, more = ''): string => `id: r\non: begin\nwhen: "${when}"\n${more}`

describe('CON-3 a folder of rules', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rules-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)

  test('CON-3 those that come with Holdfast do what their cases say', () => {
    const { rules, cases, problems } = loadRules(fileURLToPath(new URL('../../rules/', import.meta.url)))
    expect(problems).toEqual([])
    expect(rules.length).toBeGreaterThanOrEqual(3)
    expect(cases.filter(({ passed }) => passed).length).toBeGreaterThanOrEqual(9)
  })

  test('CON-3 a change counts without a restart; what is wrong or fails its cases leaves what stood before', async () => {
    write('a.yaml', rule('false'))
    const shelf = new RuleShelf()
    const problems: string[] = []
    let changes = 0
    const onChange = (): void => {
      changes += 1
    }
    const watched = watchRules(folder, { shelf, clock: systemClock, onChange, onProblem: (problem) => problems.push(problem) })
    const whenIs = (when: string) => vi.waitFor(() => expect(shelf.find('r')?.rule.when).toBe(when), 5_000)
    try {
      expect(shelf.find('r')?.rule.when).toBe('false')
      write('a.yaml', rule('step.id == 1'))
      await whenIs('step.id == 1')
      write('a.yaml', rule('step.id == 2', 'cases: [{ name: no, given: { step: { id: 2 } }, expect: nothing }]\n'))
      await vi.waitFor(() => expect(problems).toContain('a.yaml case “no”: nothing expected, conflict found'), 5_000)
      expect(shelf.find('r')?.rule.when).toBe('step.id == 1')
      write('a.yaml', rule('agnt'))
      await vi.waitFor(() => expect(problems.some((problem) => problem.startsWith('a.yaml:3 when: unknown name'))).toBe(true), 5_000)
      expect(shelf.find('r')?.rule.when).toBe('step.id == 1')
      write('a.yaml', rule('true'))
      await whenIs('true')
      rmSync(join(folder, 'a.yaml'))
      await vi.waitFor(() => expect(shelf.find('r')).toBeUndefined(), 5_000)
      expect(changes).toBeGreaterThanOrEqual(4)
    } finally {
      watched.close()
    }
  })
})
