/** A lifecycle of a definition's own: checked when it is published, moved by steps, signals and people, and shown wherever state is shown. */
import type { WorkflowDetail } from '@holdfast/shared/http'
import type { Json } from '@holdfast/shared/values'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, member, workflowOf } from '../support/api.ts'
import { ended, openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'
import { watch } from '../support/watch.ts'

const HOME = 'harbour'

const STUDY = `
name: study
version: 1
steps:
  analyse: { type: task, capability: analyse }
  generate: { type: task, capability: generate }
  doubt: { type: wait, on: { kind: signal, signal: doubted } }
  publish: { type: task, capability: publish }
links:
  - { from: analyse, to: generate }
  - { from: generate, to: doubt }
  - { from: doubt, to: publish }
lifecycle:
  initial: created
  states:
    created: {}
    analyzing: { title: Being analyzed }
    analyzed: {}
    generating: {}
    validating: {}
    manual_review: { title: Looked at by a person }
    published: { final: true }
  transitions:
    - { from: created, to: analyzing, on: { step: analyse, is: running } }
    - { from: analyzing, to: analyzed, on: { step: analyse, is: succeeded } }
    - { from: analyzed, to: generating, on: { step: generate, is: running } }
    - { from: generating, to: validating, on: { step: generate, is: succeeded } }
    - { from: validating, to: manual_review, on: { signal: doubted } }
    - { from: manual_review, to: validating, on: decision }
    - { from: manual_review, to: published, on: { step: publish, is: succeeded } }
    - { from: validating, to: published, on: { step: publish, is: succeeded } }
`
const STUDY_2 = STUDY.replace('version: 1', 'version: 2').replaceAll('manual_review', 'review')

const WRONG = {
  name: 'wrong',
  steps: { analyse: { type: 'task', capability: 'analyse' } },
  lifecycle: {
    initial: 'created',
    states: { created: {}, closed: { final: true }, lost: {} },
    transitions: [
      { from: 'created', to: 'closed', on: { step: 'analyse', is: 'succeeded' } },
      { from: 'created', to: 'clsed', on: { step: 'analyze', is: 'failed' } },
      { from: 'created', to: 'closed', on: { step: 'analyse', is: 'succeeded' } },
    ],
  },
}

/** A skill whose every task waits to be told its end. */
const held = () => {
  const begun: ((output: Json) => void)[] = []
  const skill = () => new Promise<Json>((finish) => begun.push(finish))
  return { skill, finish: async () => (await until('a task to be begun', () => begun.shift()))('done') }
}

const analyse = held()
const generate = held()
const publish = held()

let site: Site
beforeAll(async () => {
  site = await openSite([HOME], { 'study.yaml': STUDY, 'study-2.yaml': STUDY_2 })
  await gateway().hire('robot-1', { analyse: analyse.skill, generate: generate.skill, publish: publish.skill }, { capacity: 4 })
})
afterAll(() => site?.stop())

const gateway = () => site.member(HOME).gateway
const post = (id: string, verb: string, body: object): Promise<Answer> => gateway().api.ask('POST', `/workflows/${id}/${verb}`, body)
const start = (key: string): Promise<string> => gateway().api.start({ facility: HOME, definition: 'study', key, version: 1 })

/** Asked for one workflow, found in the list under that status, in its metrics: all agree. */
const reaches = async (id: string, status: string): Promise<WorkflowDetail> => {
  await until(`${id} to be ${status}`, async () => (await gateway().api.get(id)).status === status)
  expect((await gateway().api.list(`&status=${status}`)).map((each) => each.id)).toContain(id)
  expect((await gateway().api.list('&status=active')).map((each) => each.id)).toContain(id)
  expect(member((await gateway().api.ask('GET', `/workflows/${id}/metrics`)).body, 'status')).toBe(status)
  return gateway().api.get(id)
}

test('DEF-8 a lifecycle that is no sound statechart is refused, with all that is wrong with it', async () => {
  const { status, body } = await gateway().api.ask('POST', '/definitions', { definition: WRONG })
  expect(status).toBe(422)
  const errors = JSON.stringify(body)
  for (const code of ['unknown-state', 'unknown-step', 'unreachable-state', 'dead-end', 'nondeterministic']) expect(errors).toContain(code)
})

test('DEF-8 its stages are its state wherever that is shown, from the first to the last', async () => {
  const heard = await watch(gateway().api, { events: ['workflow.stage-entered'] })
  const id = await start('whole')
  expect(await reaches(id, 'active.analyzing')).toMatchObject({
    stage: { name: 'analyzing', title: 'Being analyzed', activity: 'active.executing.step_execution', next: [] },
    explain: expect.stringMatching(/^Being analyzed: robot-1 is working on analyse\./),
  })
  await analyse.finish()
  await reaches(id, 'active.generating')
  await generate.finish()
  await reaches(id, 'active.validating')
  expect((await post(id, 'signal', { name: 'doubted', id: 's1' })).status).toBe(200)
  expect((await reaches(id, 'active.manual_review')).stage?.next).toEqual(['validating'])
  await publish.finish()
  expect(await ended(gateway().api, id)).toMatchObject({ status: 'completed', stage: { name: 'published' } })
  const entries = (await gateway().api.history(id)).filter(({ type }) => type === 'stage-entered')
  expect(entries.map(({ text }) => text)).toEqual([
    'Entered “created”.',
    'Entered “Being analyzed” because of analyse.',
    'Entered “analyzed” because of analyse.',
    'Entered “generating” because of generate.',
    'Entered “validating” because of generate.',
    'Entered “Looked at by a person” because of signal s1.',
    'Entered “published” because of publish.',
  ])
  const told = await until('all of it to be told', () => (heard.events().length >= entries.length ? heard.events() : undefined))
  expect(told.map(({ text }) => text)).toEqual(entries.map(({ text }) => text))
  heard.close()
})

test('DEF-8 SM-2 a person moves it where the lifecycle says, here or from the cloud; anything else is refused with what is legal', async () => {
  const id = await start('by-hand')
  await analyse.finish()
  await generate.finish()
  await reaches(id, 'active.validating')
  const none = await post(id, 'stage', { stage: 'published' })
  expect([none.status, member(none.body, 'type')]).toEqual([409, 'urn:holdfast:problem:illegal-transition'])
  expect(String(member(none.body, 'detail'))).toBe('A decision does not lead from validating to published. No decision leads out of it.')
  await post(id, 'signal', { name: 'doubted', id: 's1' })
  const refused = await post(id, 'stage', { stage: 'created' })
  expect(refused.status).toBe(409)
  expect(String(member(refused.body, 'detail'))).toBe(
    'A decision does not lead from manual_review to created. It would lead to: validating.',
  )
  expect((await gateway().api.get(id)).status).toBe('active.manual_review')

  await until(
    'the cloud to know',
    async () =>
      (await site.cloud.ask('GET', `/workflows/${id}`)).status === 200 && (await site.cloud.get(id)).status === 'active.manual_review',
  )
  const proposed = await site.cloud.ask('POST', `/workflows/${id}/stage`, { stage: 'validating', reason: 'good enough' })
  expect(proposed.status).toBe(202)
  await reaches(id, 'active.validating')
  expect((await gateway().api.history(id)).map(({ text }) => text)).toContain('Entered “validating”: good enough.')
  await publish.finish()
  await ended(gateway().api, id)
})

test('DEF-8 DEF-5 it survives a kill in its stage, and moves to another version only where that has the stage', async () => {
  const id = await start('moved')
  await analyse.finish()
  await generate.finish()
  await reaches(id, 'active.validating')
  await post(id, 'signal', { name: 'doubted', id: 's1' })
  await gateway().kill()
  await gateway().restart()
  await reaches(id, 'active.manual_review')
  await post(id, 'pause', {})
  const refused = await post(id, 'migrate', { version: 2 })
  expect([refused.status, JSON.stringify(refused.body)]).toEqual([422, expect.stringContaining('it is in the stage manual_review')])
  expect(workflowOf((await post(id, 'resume', {})).body).status).toBe('active.manual_review')
})
