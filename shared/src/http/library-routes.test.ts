import { expect, test } from 'vitest'
import { toyApi } from './toy-api.ts'

const MOVING = { name: 'moving', steps: { move: { type: 'task', capability: 'move' } } }
const PATH = '/api/v1/definitions'
const VIEWER = { Authorization: 'Bearer viewer-a' }

test('DEF-6 definitions and templates are found by words and tags', async () => {
  const { ask } = toyApi()
  const names = async (path: string) =>
    (await (await ask('GET', `/api/v1/${path}`, undefined, VIEWER)).json()).items.map((item: { name: string }) => item.name)
  expect(await names('definitions')).toEqual(['picking'])
  expect(await names('definitions?q=PICK&tag=orders')).toEqual(['picking'])
  expect(await names('definitions?tag=orders,cells')).toEqual([])
  expect(await names('templates?q=cell')).toEqual(['cell'])
  expect(await names('templates?tag=cells,orders')).toEqual(['cell'])
  expect(await names('templates?q=nothing')).toEqual([])
})

test('DEF-6 a template shows its parameters as schemas', async () => {
  const { ask } = toyApi()
  const cell = await (await ask('GET', '/api/v1/templates/cell')).json()
  expect(cell.parameters.patience).toEqual({ type: ['integer', 'string'], format: 'duration', maximum: 3_600_000, default: 300_000 })
  expect(cell.definition.name).toBe('cell')
  expect((await ask('GET', '/api/v1/templates/cell?version=2')).status).toBe(404)
  expect((await ask('GET', '/api/v1/templates/none')).status).toBe(404)
})

test('DEF-6 instantiating publishes a definition that can be shown; a preview publishes nothing', async () => {
  const { ask } = toyApi()
  const preview = await ask('POST', '/api/v1/templates/cell/instantiate?preview=true', { parameters: { patience: '1m' } })
  expect([preview.status, (await preview.json()).definition.steps.pick.timeoutMs]).toEqual([200, 60_000])
  expect((await ask('GET', `${PATH}/cell`)).status).toBe(404)
  const made = await ask('POST', '/api/v1/templates/cell/instantiate', { name: 'cell-b', parameters: { patience: '1m' } })
  expect([made.status, made.headers.get('location')]).toEqual([201, '/api/v1/definitions/cell-b?version=1'])
  expect((await (await ask('GET', `${PATH}/cell-b`)).json()).definition.steps.pick.timeoutMs).toBe(60_000)
  const again = await ask('POST', '/api/v1/templates/cell/instantiate', { name: 'cell-b', parameters: { patience: 60_000 } })
  expect([again.status, again.headers.get('idempotent-replay')]).toEqual([200, 'true'])
  const changed = await ask('POST', '/api/v1/templates/cell/instantiate', { name: 'cell-b', parameters: {} })
  expect([changed.status, (await changed.json()).type]).toEqual([409, 'urn:holdfast:problem:version-exists'])
  expect((await ask('POST', '/api/v1/templates/none/instantiate', {})).status).toBe(404)
})

test('DEF-6 GOV-4 every argument that does not fit is named', async () => {
  const { ask } = toyApi()
  const wrong = await ask('POST', '/api/v1/templates/cell/instantiate', { parameters: { patience: '2h', patients: 1 } })
  const { type, errors } = await wrong.json()
  expect([wrong.status, type]).toEqual([422, 'urn:holdfast:problem:invalid-definition'])
  expect(errors).toEqual([
    { pointer: '/parameters/patients', code: 'unknown-parameter', detail: 'there is no parameter "patients"; did you mean "patience"?' },
    { pointer: '/parameters/patience', code: 'bad-parameter', detail: 'must be at most 3600000' },
  ])
})

test('DEF-1 DEF-5 publishing: once, never changed, shown as it is', async () => {
  const { ask } = toyApi()
  const made = await ask('POST', PATH, { definition: MOVING })
  expect(made.status).toBe(201)
  expect((await ask('POST', PATH, { definition: MOVING })).headers.get('idempotent-replay')).toBe('true')
  expect((await ask('POST', PATH, { definition: { ...MOVING, title: 'Other' } })).status).toBe(409)
  expect((await ask('POST', PATH, { definition: { ...MOVING, title: 'Other', version: 2 } })).status).toBe(201)
  expect((await (await ask('GET', `${PATH}/moving`)).json()).title).toBe('Other')
  expect((await (await ask('GET', `${PATH}/moving?version=1`)).json()).title).toBe('moving')
  const items = async (query: string) => (await (await ask('GET', `${PATH}?q=moving${query}`)).json()).items.length
  expect([await items(''), await items('&versions=all')]).toEqual([1, 2])
})

test('B29 DEF-1 all problems of a definition at once, with line and column where a text was sent', async () => {
  const { ask } = toyApi()
  const text = `name: moving
steps:
  a: { type: task, capability: go, timeoutMs: 9999d }
  b: { type: task, capability: go, retry: { initialDelayMs: -5 } }
links:
  - { from: a, to: b }
  - { from: b, to: a }
  - { from: a, to: c, when: 'input.x +' }
`
  const wrong = await ask('POST', PATH, { text })
  const { errors } = await wrong.json()
  expect(wrong.status).toBe(422)
  expect(errors.map(({ code, pointer, line }: { code: string; pointer: string; line: number }) => `${line} ${code} ${pointer}`)).toEqual([
    '3 bad-value /definition/steps/a/timeoutMs',
    '4 bad-value /definition/steps/b/retry/initialDelayMs',
    '8 unknown-step /definition/links/2/to',
    '2 no-entry /definition/steps',
    '2 no-terminal /definition/steps',
    '7 cycle /definition/links/1',
    '8 bad-expression /definition/links/2/when',
  ])
  const bomb = await ask('POST', PATH, {
    text: `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.replace(/./g, (at) => `${at}: &${at} [${Array(9).fill(`*${String.fromCharCode(at.charCodeAt(0) - 1)}`)}]\n`)}`,
  })
  expect([bomb.status, (await bomb.json()).errors[0].code]).toEqual([422, 'too-large'])
  expect((await ask('GET', `${PATH}/moving`)).status).toBe(404)
})

test('GOV-2 who only looks publishes nothing', async () => {
  const { ask } = toyApi()
  const operator = { Authorization: 'Bearer operator-a' }
  expect((await ask('POST', PATH, { definition: MOVING }, operator)).status).toBe(403)
  expect((await ask('POST', '/api/v1/templates/cell/instantiate', {}, operator)).status).toBe(403)
})
