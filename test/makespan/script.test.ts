/** `npm run makespan` from outside: answers for a definition that was not made for it, and clear words about what is wrong. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'holdfast-makespan-'))
afterAll(() => rmSync(folder, { recursive: true }))

const DIAMOND = `
name: parcel
steps:
  weigh: { type: task, capability: weigh }
  label: { type: task, capability: label }
  wrap: { type: function, function: wrap }
  ship: { type: task, capability: ship, join: all }
  complain: { type: task, capability: talk }
links:
  - { from: weigh, to: label }
  - { from: weigh, to: wrap, when: 'output != null' }
  - { from: label, to: ship }
  - { from: wrap, to: ship }
  - { from: ship, to: complain, trigger: fail }
`

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const makespan = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

const parcel = file('parcel.yaml', DIAMOND)

test('EX-4 a definition and its durations: the critical path, and the bound with few agents', () => {
  const times = file('times.csv', 'step,duration\nweigh,10s\nlabel,2000\nwrap, 5s\nship,1m\n')
  const { status, stdout } = makespan(parcel, times, '--agents', '1')
  expect(stdout).toContain('left out, for only a failure reaches them: complain')
  expect(stdout).toContain('unlimited agents  75000 ms: exactly the critical path')
  expect(stdout).toMatch(/1 agents\s+77000 ms: 100\.0 % of Graham's bound/)
  expect(status).toBe(0)
})

test('EX-4 as JSON, from a JSON table', () => {
  const times = file('times.json', JSON.stringify({ weigh: 10, label: '20ms', wrap: 0, ship: 5 }))
  const { status, stdout } = makespan(parcel, times, '--agents', '2', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    definition: 'parcel',
    steps: 4,
    unlimitedMs: 35,
    workMs: 35,
    limited: { agents: 2 },
    holds: true,
  })
  expect(status).toBe(0)
})

test('GOV-4 every problem of a table is named with its line, and nothing is run', () => {
  const times = file('bad.csv', 'step,duration\nweigh,soon\nlabel,-5\nlabel,5s\nlable,5s\nship,1.5\n')
  const { status, stdout, stderr } = makespan(parcel, times)
  expect(stderr).toMatch(/bad\.csv: line 2: "soon" is no duration/)
  expect(stderr).toMatch(/line 3: "-5" is no duration/)
  expect(stderr).toMatch(/line 5: the definition has no step "lable"/)
  expect(stderr).toMatch(/line 6: "1\.5" is no duration/)
  expect(stderr).toMatch(/no duration for wrap\n/)
  expect([status, stdout]).toEqual([2, ''])
})

const times = file('good.csv', 'weigh,1\nlabel,1\nwrap,1\nship,1\n')

test.each([
  ['no files', [], /usage: npm run makespan/],
  ['an unknown option', [parcel, times, '--agent', '3'], /--agent'[\s\S]*usage/],
  ['no agents', [parcel, times, '--agents', '0'], /--agents 0: expected a whole number from 1 to 1000/],
  ['half an agent', [parcel, times, '--agents', '1.5'], /--agents 1\.5: expected/],
  ['a file that is not there', [join(folder, 'none.yaml'), times], /none\.yaml: ENOENT/],
  ['a definition with a mistake', [file('cycle.yaml', `${DIAMOND}  - { from: ship, to: weigh }\n`), times], /cycle\.yaml: .*cycle/],
  ['a table of another kind', [parcel, file('times.xlsx', '')], /times\.xlsx: expected a file named \.csv or \.json/],
  ['a table that is no JSON', [parcel, file('broken.json', '{"weigh": ')], /broken\.json: not JSON/],
  ['a table that is a list', [parcel, file('list.json', '[1, 2]')], /list\.json: expected a JSON object/],
] as const)('GOV-4 %s is told, with exit code 2', (_, args, message) => {
  const { status, stderr } = makespan(...args)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/ at .*\.ts:\d+/)
  expect(status).toBe(2)
})
