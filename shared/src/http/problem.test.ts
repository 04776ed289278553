import { expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import { err } from '../values/result.ts'
import { problemSchema } from './problem.ts'
import { toyApi } from './toy-api.ts'

test.each([
  ['retry-later', 'unavailable', 503, '1'],
  ['retry-later', 'something-new', 503, '1'],
  ['fix-request', 'unknown-definition', 422, null],
  ['ask-person', 'needs-approval', 409, null],
  ['give-up', 'already-ended', 409, null],
  ['give-up', 'gone', 410, null],
] as const)('GOV-4 a node that refuses with %s %s is answered %i', async (next, code, status, retryAfter) => {
  const { node, start } = toyApi()
  const known = await start('order-1')
  const { ask } = toyApi({ node: { ...node, decide: async () => err(refusal(next, code, 'because')) } })
  const answer = await ask('POST', `/api/v1/workflows/${known}/pause`)
  expect(answer.headers.get('retry-after')).toBe(retryAfter)
  expect(problemSchema.parse(await answer.json())).toMatchObject({ status, type: `urn:holdfast:problem:${code}`, detail: 'because' })
  expect(answer.status).toBe(status)
})

test('GOV-4 what breaks inside is told without its insides', async () => {
  const seen: string[] = []
  const breaking = { ...toyApi().node, list: () => Promise.reject(new Error('password=hunter2')) }
  const { ask } = toyApi({ node: breaking, report: (error, requestId) => seen.push(`${requestId} ${error.message}`) })
  const answer = await ask('GET', '/api/v1/workflows')
  const text = await answer.text()
  expect(text).not.toContain('hunter2')
  expect(seen).toEqual([`${JSON.parse(text).requestId} password=hunter2`])
  expect(answer.status).toBe(500)
})
