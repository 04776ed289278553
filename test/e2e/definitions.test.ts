/** Definitions that are wrong are left out and named in the log; what is right runs. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'

const TYPO = `name: typo
title: A capability that is spelled wrong, and a step of no kind
steps:
  go:
    type: task
    capabilty: go
  then: { type: tusk }
`
const CYCLE = `name: cycle
title: Goes round
steps:
  a: { type: task, capability: go }
  b: { type: task, capability: go }
links:
  - { from: a, to: b }
  - { from: b, to: a }
`
const NOT_YAML = 'name: [unclosed\n'

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'typo.yaml': TYPO, 'cycle.yaml': CYCLE, 'broken.yaml': NOT_YAML, 'notes.txt': 'no definition' })
  await lone.gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' })
})
afterAll(() => lone.stop())

test('DEF-1 every problem of a wrong file is named with file, line and path', () => {
  const log = lone.gateway.log()
  expect(log).toMatch(/typo\.yaml:6 steps\.go\.capabilty: unknown key .*capability/)
  expect(log).toMatch(/typo\.yaml:\d+ steps\.go\.capability: is missing/)
  expect(log).toMatch(/typo\.yaml:7 steps\.then\.type: expected one of .*task/)
  expect(log).toMatch(/broken\.yaml:2: Flow sequence/)
})

test('DEF-2 a cycle is told step by step', () => {
  expect(lone.gateway.log()).toMatch(/cycle\.yaml:8 links\.1: b → a → b/)
})

test('DEF-1 the others are published and run; a wrong one can not be started', async () => {
  const { api } = lone.gateway
  const { body } = await api.ask('GET', '/definitions')
  const items: unknown = member(body, 'items')
  const names = (Array.isArray(items) ? items : []).map((item) => member(item, 'name'))
  expect(names.toSorted()).toEqual(['errand', 'impatient', 'short-lease', 'tour'])
  const id = await api.start({ facility: 'harbour', definition: 'errand', key: 'k', input: { n: 1 } })
  expect(await ended(api, id)).toMatchObject({ status: 'completed' })
  const refused = await api.ask('POST', '/workflows', { facility: 'harbour', definition: 'cycle', key: 'c', input: {} })
  expect([refused.status, member(refused.body, 'type')]).toEqual([422, 'urn:holdfast:problem:unknown-definition'])
})

test('DEF-1 GOV-4 an input that does not fit its schema starts nothing, and every misfit is told', async () => {
  const { api } = lone.gateway
  const before = (await api.list()).length
  const refused = await api.ask('POST', '/workflows', { facility: 'harbour', definition: 'errand', key: 'm', input: { n: 'one' } })
  expect([refused.status, member(refused.body, 'type')]).toEqual([422, 'urn:holdfast:problem:invalid-input'])
  expect(member(refused.body, 'detail')).toContain('n')
  expect((await api.list()).length).toBe(before)
})
