/** Definitions that come to a running gateway: published, made from templates; and that they outlive it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'

const CELL = `
template: cell
title: A cell that moves things
tags: [cells]
parameters:
  skill: { type: choice, options: [go, come-back], default: go }
  most: { type: integer, minimum: 1, default: 10 }
definition:
  name: cell
  steps:
    move: { type: task, capability: "\${skill}", validate: "input.n <= \${most}", retry: none }
`
const WRONG = `
template: wrong
parameters: { most: { type: integer, minimum: 9, maximum: 1 } }
definition: { name: "\${mos}" }
`

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'cell.yaml': CELL, 'wrong.yaml': WRONG }, { shipped: ['transfer-dispatch'] })
  await lone.gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' })
})
afterAll(() => lone.stop())

test('DEF-1 DEF-5 a definition published over HTTP runs, survives a kill, and never changes', async () => {
  const { gateway } = lone
  const { api } = gateway
  const go = { name: 'posted', steps: { go: { type: 'task', capability: 'go' } }, output: { where: 'steps.go.output' } }
  expect((await api.ask('POST', '/definitions', { definition: go })).status).toBe(201)
  const first = await api.start({ facility: 'harbour', definition: 'posted', key: 'p1' })
  expect(await ended(api, first)).toMatchObject({ status: 'completed', output: { where: 'there' } })
  await gateway.kill()
  await gateway.restart()
  const changed = await api.ask('POST', '/definitions', { definition: { ...go, title: 'Other' } })
  expect([changed.status, member(changed.body, 'type')]).toEqual([409, 'urn:holdfast:problem:version-exists'])
  expect((await api.ask('POST', '/definitions', { definition: { ...go, title: 'Other', version: 2 } })).status).toBe(201)
  const second = await api.start({ facility: 'harbour', definition: 'posted', key: 'p2' })
  expect(await ended(api, second)).toMatchObject({ status: 'completed', definition: { version: 2 } })
  expect((await api.get(first)).definition.version).toBe(1)
})

test('DEF-6 a template is found, instantiated with arguments, and what it makes runs', async () => {
  const { api } = lone.gateway
  const { body } = await api.ask('GET', '/templates?tag=cells&q=moves')
  expect(member(body, 'items')).toMatchObject([{ name: 'cell', parameters: { skill: { enum: ['go', 'come-back'] } } }])
  const made = await api.ask('POST', '/templates/cell/instantiate', { name: 'cell-back', parameters: { skill: 'come-back', most: 3 } })
  expect(made.status).toBe(201)
  const right = await api.start({ facility: 'harbour', definition: 'cell-back', key: 'c3', input: { n: 3 } })
  const wrong = await api.start({ facility: 'harbour', definition: 'cell-back', key: 'c4', input: { n: 4 } })
  expect((await ended(api, right)).status).toBe('completed')
  expect((await ended(api, wrong)).status).toBe('failed')
})

test('DEF-6 what is wrong with arguments or with a template is told, all of it', async () => {
  const { api } = lone.gateway
  const refused = await api.ask('POST', '/templates/cell/instantiate', { parameters: { skill: 'fly', most: 0, mos: 1 } })
  expect([refused.status, member(refused.body, 'errors')]).toMatchObject([422, { length: 3 }])
  expect(lone.gateway.log()).toMatch(/wrong\.yaml:3 parameters\.most: no value is at least 9 and at most 1/)
  expect(lone.gateway.log()).toMatch(/wrong\.yaml:4 definition\.name: there is no parameter .*mos.*did you mean/)
})

test('DEF-7 a shipped definition is started by its name', async () => {
  const { api } = lone.gateway
  await lone.gateway.hire('robot-2', { pick: () => ({ bin: 1 }), load: () => null, dispatch: () => ({ truck: 7 }) })
  const lines = [{ line: 1, sku: 'bolt', quantity: 4, zone: 'a1' }]
  const input = { transferId: 't-1', destination: 'inland', lines }
  const id = await api.start({ facility: 'harbour', definition: 'transfer-dispatch', key: 't', input })
  expect(await ended(api, id)).toMatchObject({ status: 'completed', output: { transferId: 't-1', dispatch: { truck: 7 } } })
})
