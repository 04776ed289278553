/** What people decide about a workflow: leading it back, taking it up again, ending it, answering what it asks. */
import { type Handler, TaskFailure } from '@holdfast/agent-sdk'
import type { WorkflowDetail } from '@holdfast/shared/http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Answer, member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

/** Four in a row; the second and third can be undone. */
const LINE = `
name: line
steps:
  one: { type: task, capability: do }
  two: { type: task, capability: do, compensate: back }
  three: { type: task, capability: do, compensate: back }
  gate: { type: wait, on: { kind: signal, signal: go } }
  four: { type: task, capability: frail, retry: none }
links:
  - { from: one, to: two }
  - { from: two, to: three }
  - { from: three, to: gate }
  - { from: gate, to: four }
compensations:
  back: { type: task, capability: undo }
checkpoints: { every: step }
`
const ASKING = `
name: asking
onFailure: continue
steps:
  allowed: { type: approval, queue: leads, role: planner, input: { what: '"the lift"' } }
  lift: { type: task, capability: frail, retry: none, review: { queue: floor } }
  weigh: { type: task, capability: frail, retry: { maxAttempts: 3, initialDelayMs: 0, maxDelayMs: 0 } }
  report: { type: task, capability: do }
links:
  - { from: allowed, to: lift }
  - { from: lift, to: report }
output: { lifted: steps.lift.output }
`
const CAUTIOUS = `
name: cautious
steps:
  one: { type: task, capability: do, compensate: back }
  two: { type: task, capability: frail, retry: none }
links:
  - { from: one, to: two }
compensations:
  back: { type: task, capability: undo }
recovery: { strategy: rollback, steps: 1, attempts: 1 }
`
const BUDGET = `
name: budget
retryBudget: 2
onFailure: stop
steps:
  one: { type: task, capability: frail, retry: { maxAttempts: 9, initialDelayMs: 0, maxDelayMs: 0 } }
`
const BRANCH = `
name: branch
onFailure: compensate-branch
steps:
  fork: { type: task, capability: do, compensate: back }
  left: { type: task, capability: do, compensate: back }
  break: { type: task, capability: frail, retry: none }
  right: { type: task, capability: do, compensate: back }
links:
  - { from: fork, to: left }
  - { from: left, to: break }
  - { from: fork, to: right }
compensations:
  back: { type: task, capability: undo }
`
const HALT = `
name: halt
compensation: { onError: halt }
steps:
  one: { type: task, capability: do, compensate: back }
  two: { type: task, capability: do, compensate: stuck }
  three: { type: task, capability: frail, retry: none }
links:
  - { from: one, to: two }
  - { from: two, to: three }
compensations:
  back: { type: task, capability: undo }
  stuck: { type: task, capability: frail, retry: none }
`

let lone: Lone
/** Whether work of the frail kind goes well. */
let fair = true
let done: string[] = []
let undone: string[] = []
const stopped: string[] = []

const skills: Readonly<Record<string, Handler>> = {
  do: ({ step }) => {
    done.push(step)
    return step
  },
  undo: ({ step }) => {
    undone.push(step)
    return null
  },
  frail: ({ step }) => {
    if (!fair) throw new TaskFailure('jammed', 'it is jammed', true)
    done.push(step)
    return step
  },
  long: ({ step }, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        stopped.push(step)
        reject(signal.reason)
      })
    }),
}
const LONG = `
name: long
steps:
  drive: { type: task, capability: long, timeoutMs: 60s, compensate: back }
compensations:
  back: { type: task, capability: undo }
`

beforeAll(async () => {
  const texts = { line: LINE, asking: ASKING, cautious: CAUTIOUS, budget: BUDGET, branch: BRANCH, halt: HALT, long: LONG }
  lone = await openLoneGateway(undefined, Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${name}.yaml`, text])))
  await lone.gateway.hire('robot-1', skills, { capacity: 4 })
})
beforeEach(() => {
  fair = true
  done = []
  undone = []
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api
const start = (definition: string, key: string, input: object = {}): Promise<string> =>
  api().start({ facility: 'harbour', definition, key, input })
const decide = (id: string, verb: string, body: object): Promise<Answer> => api().ask('POST', `/workflows/${id}/${verb}`, body)
const statuses = (detail: WorkflowDetail): object => Object.fromEntries(detail.steps.map(({ id, status }) => [id, status]))
const reaches = (id: string, step: string, status: string): Promise<WorkflowDetail> =>
  until(`${step} of ${id} to be ${status}`, async () => {
    const detail = await api().get(id)
    return detail.steps.some((each) => each.id === step && each.status === status) ? detail : undefined
  })
const codeOf = ({ body }: Answer): unknown => String(member(body, 'type')).split(':').at(-1)
const itemsOf = async (path: string): Promise<readonly unknown[]> => {
  const items = member((await api().ask('GET', path)).body, 'items')
  return Array.isArray(items) ? items : []
}

test('EX-8 rolled back to a named step, it and what followed is undone in reverse and done again; earlier work stays', async () => {
  const id = await start('line', 'rolled-back')
  await reaches(id, 'gate', 'running')
  expect((await decide(id, 'rollback', { to: 'two', reason: 'the crate was the wrong one' })).status).toBe(200)
  await until('three to be done again', () => done.filter((step) => step === 'three').length === 2)
  await reaches(id, 'gate', 'running')
  expect(undone).toEqual(['three', 'two'])
  expect(done).toEqual(['one', 'two', 'three', 'two', 'three'])
  await decide(id, 'signal', { name: 'go', id: '1' })
  expect(await ended(api(), id)).toMatchObject({ status: 'completed' })
})

test('EX-8 rolled back over the last steps; what can not be is refused with the reason, and changes nothing', async () => {
  const id = await start('line', 'over-the-last')
  await reaches(id, 'gate', 'running')
  const before = (await api().get(id)).log.length
  expect(codeOf(await decide(id, 'rollback', { steps: 9, reason: 'x' }))).toBe('too-many-steps')
  expect(codeOf(await decide(id, 'rollback', { to: 'four', reason: 'x' }))).toBe('not-begun')
  expect((await api().get(id)).log.length).toBe(before)
  await decide(id, 'rollback', { steps: 1, reason: 'again' })
  await until('three to be done again', () => done.filter((step) => step === 'three').length === 2)
  expect(undone).toEqual(['three'])
})

test('EX-9 a failed workflow is retried from its failed steps: completed ones are not run again', async () => {
  fair = false
  const id = await start('line', 'retried')
  await reaches(id, 'gate', 'running')
  await decide(id, 'signal', { name: 'go', id: '1' })
  const failed = await ended(api(), id)
  expect(statuses(failed)).toMatchObject({ one: 'succeeded', two: 'compensated', three: 'compensated', four: 'failed' })
  fair = true
  done = []
  expect((await decide(id, 'retry', { reason: 'it was cleared' })).status).toBe(200)
  expect(await ended(api(), id)).toMatchObject({ status: 'completed' })
  expect(done).toEqual(['two', 'three', 'four'])
  expect(codeOf(await decide(id, 'retry', { reason: 'x' }))).toBe('nothing-to-retry')
})

test('EX-7 terminated, it is over at once, whoever is at work is told to stop, and nothing is undone', async () => {
  const id = await start('long', 'terminated')
  await reaches(id, 'drive', 'running')
  await decide(id, 'terminate', { reason: 'fire alarm' })
  const over = await api().get(id)
  expect(over).toMatchObject({ status: 'cancelled', error: { code: 'terminated', message: 'fire alarm' } })
  await until('the agent to be told', () => stopped.includes('drive'))
  expect(undone).toEqual([])
  expect(codeOf(await decide(id, 'terminate', { reason: 'x' }))).toBe('illegal-transition')
})

test('PER-4 PER-5 checkpoints hold state and assignments, and a workflow is restored to one', async () => {
  const id = await start('line', 'restored')
  await reaches(id, 'gate', 'running')
  await decide(id, 'checkpoint', { name: 'before the gate' })
  const kept = (await api().get(id)).checkpoints ?? []
  expect(kept.map(({ name }) => name)).toEqual(['after-1-steps', 'after-2-steps', 'after-3-steps', 'before the gate'])
  const { body } = await api().ask('GET', `/workflows/${id}/checkpoints/${kept[1]?.position}`)
  const steps = member(member(body, 'state'), 'steps')
  expect(Array.isArray(steps) && steps.map((step) => member(step, 'status')).slice(0, 2)).toEqual(['succeeded', 'succeeded'])
  expect(member(body, 'agents')).toEqual([])
  await decide(id, 'recover', { strategy: 'restore', checkpoint: 'after-2-steps', reason: 'the scale was off' })
  await until('three to be done again', () => done.filter((step) => step === 'three').length === 2)
  expect(undone).toEqual(['three'])
})

test('PER-4 PER-2 a checkpoint outlives a kill of the gateway', async () => {
  const id = await start('line', 'killed')
  await reaches(id, 'gate', 'running')
  await decide(id, 'checkpoint', { name: 'before the kill' })
  const position = (await api().get(id)).checkpoints?.at(-1)?.position
  await lone.gateway.kill()
  await lone.gateway.restart()
  expect(await api().ask('GET', `/workflows/${id}/checkpoints/${position}`)).toMatchObject({ body: { name: 'before the kill' } })
  await decide(id, 'recover', { strategy: 'restore', checkpoint: 'after-2-steps', reason: 'x' })
  await until('three to be done again', () => done.filter((step) => step === 'three').length === 2)
})

test('PER-5 RES-3 a definition recovers by itself before a failure counts, and as often as it says', async () => {
  fair = false
  const id = await start('cautious', 'by-itself')
  await until('the first step to be done again', () => done.length === 2)
  const failed = await ended(api(), id)
  expect(failed.status).toBe('failed')
  expect(undone).toEqual(['one', 'one'])
  const types = (await api().history(id)).map(({ type }) => type)
  expect(types.filter((type) => type === 'recovering' || type === 'rewound')).toEqual(['recovering', 'rewound'])
})

test('GOV-1 API-3 an approval step waits in a list, for those who have the role, and one voice each', async () => {
  const id = await start('asking', 'approval')
  await reaches(id, 'allowed', 'running')
  expect(await itemsOf('/approvals?queue=leads')).toMatchObject([
    { workflow: id, step: 'allowed', queue: 'leads', role: 'planner', needed: 1, given: [] },
  ])
  expect((await api().get(id)).explain).toContain('allowed waits for the approval of whoever is planner, in leads')
  expect((await decide(id, 'approve', { step: 'allowed', approved: true, comment: 'go on' })).status).toBe(200)
  expect(await itemsOf('/approvals')).toEqual([])
  expect(codeOf(await decide(id, 'approve', { step: 'allowed', approved: true }))).toBe('no-approval-wanted')
  const over = await ended(api(), id)
  expect(over.steps[0]?.output).toEqual({ approved: true, by: ['shift-lead'], comments: ['go on'] })
})

test('RES-7 EX-14 a failing step waits in a named queue; the answer of a person continues it, and it is known who gave it', async () => {
  fair = false
  const id = await start('asking', 'review')
  await decide(id, 'approve', { step: 'allowed', approved: true })
  await reaches(id, 'lift', 'validating')
  expect(await itemsOf('/reviews?queue=floor')).toMatchObject([{ workflow: id, step: 'lift', error: { code: 'jammed' } }])
  await decide(id, 'review', { step: 'lift', answer: 'continue', output: 'by hand', comment: 'lifted by hand' })
  const over = await ended(api(), id)
  expect(over).toMatchObject({ status: 'completed', output: { lifted: 'by hand' } })
  expect((await api().history(id)).find(({ type }) => type === 'reviewed')).toMatchObject({ by: 'shift-lead', step: 'lift' })
})

test('RES-5 EX-12 what exhausted its retries is listed with every attempt; it is done again, or discarded', async () => {
  fair = false
  const id = await start('asking', 'dead-letter')
  await decide(id, 'approve', { step: 'allowed', approved: true })
  await reaches(id, 'lift', 'validating')
  await decide(id, 'review', { step: 'lift', answer: 'skip' })
  const over = await ended(api(), id)
  expect(over).toMatchObject({ status: 'completed', givenUp: [{ step: 'weigh', status: 'failed', error: { code: 'jammed' } }] })
  const letters = (await itemsOf('/dead-letters')).filter((letter) => member(letter, 'workflow') === id)
  expect(letters).toMatchObject([{ step: 'weigh', attempts: [1, 2, 3].map((attempt) => ({ attempt, error: { code: 'jammed' } })) }])
  fair = true
  await decide(id, 'retry', { step: 'weigh', reason: 'it was cleared' })
  const after = await ended(api(), id)
  expect([after.status, after.givenUp]).toEqual(['completed', undefined])
  expect(done).toContain('weigh')
})

test('RES-5 a discarded dead letter is not listed any more, and stays in the history', async () => {
  fair = false
  const id = await start('budget', 'discarded')
  await ended(api(), id)
  await decide(id, 'discard', { step: 'one', reason: 'never again' })
  expect((await itemsOf('/dead-letters')).filter((letter) => member(letter, 'workflow') === id)).toEqual([])
  expect((await api().history(id)).at(-1)).toMatchObject({ type: 'discarded', text: 'What failed at one was discarded: never again.' })
})

test('RES-2 a workflow has no more retries than its budget', async () => {
  fair = false
  const id = await start('budget', 'spent')
  const over = await ended(api(), id)
  expect(over.steps[0]).toMatchObject({ status: 'failed', attempt: 3 })
  expect(over.error?.message).toContain('budget of retries is spent')
})

test('RES-3 EX-12 a failing branch is undone alone; the workflow completes and says what it gave up', async () => {
  fair = false
  const over = await ended(api(), await start('branch', 'given-up'))
  expect(statuses(over)).toEqual({ fork: 'succeeded', left: 'compensated', break: 'failed', right: 'succeeded' })
  expect(over).toMatchObject({ status: 'completed', givenUp: [{ step: 'left' }, { step: 'break' }] })
  expect(undone).toEqual(['left'])
})

test('RES-3 undoing halts where the definition says so', async () => {
  fair = false
  const over = await ended(api(), await start('halt', 'halted'))
  expect(over).toMatchObject({ status: 'failed', error: { code: 'undo-failed' } })
  expect(statuses(over)).toEqual({ one: 'succeeded', two: 'failed', three: 'failed' })
  expect(undone).toEqual([])
})
