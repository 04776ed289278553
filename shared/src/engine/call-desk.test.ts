import { expect, test } from 'vitest'
import type { CallInput } from '../link/index.ts'
import { ok } from '../values/result.ts'
import { CallDesk, type CallHandler } from './call-desk.ts'

const asked = { type: 'asked', n: 4, home: 'harbour', kind: 'echo', body: { a: 1 } } as const

test('D1 each call comes back with its own answer', async () => {
  const desk = new CallDesk()
  const ids: number[] = []
  const call = () => desk.call((input: Extract<CallInput, { type: 'call' }>) => ids.push(input.id), 'harbour', 'echo', null, 10)
  const answers = [call(), call()]
  for (const id of [...ids].reverse()) desk.ended({ type: 'call-ended', id, result: ok(id) })
  expect(await Promise.all(answers)).toEqual(ids.map(ok))
})

test('D1 a machine that ends the call at once is heard', async () => {
  const desk = new CallDesk()
  expect(await desk.call(({ id }) => desk.ended({ type: 'call-ended', id, result: ok('now') }), 'h', 'k', null, 10)).toEqual(ok('now'))
})

test('D2 a call is answered by the handler of its kind, who learns who asked', async () => {
  const desk = new CallDesk(new Map<string, CallHandler>([['echo', async (call) => ok({ ...call })]]))
  expect(await desk.serve('gate', asked)).toEqual({
    type: 'replied',
    n: 4,
    result: ok({ peer: 'gate', home: 'harbour', body: { a: 1 } }),
  })
})

test('D2 a kind nobody handles and a handler that throws are answered with a refusal that tells nothing of the inside', async () => {
  const throws = async () => {
    throw new Error('secret path /etc')
  }
  const desk = new CallDesk(new Map<string, CallHandler>([['bad', throws]]))
  expect((await desk.serve('gate', asked)).result).toMatchObject({ ok: false, error: { code: 'unknown-call' } })
  const failed = await desk.serve('gate', { ...asked, kind: 'bad' })
  expect(failed.result).toMatchObject({ ok: false, error: { code: 'unknown-outcome' } })
  expect(JSON.stringify(failed)).not.toContain('secret')
})
