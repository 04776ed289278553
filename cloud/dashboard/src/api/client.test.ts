import { expect, test } from 'vitest'
import { createClient } from './client.ts'

interface Call {
  readonly url: string
  readonly init: RequestInit | undefined
}

const answering = (response: () => Response | Promise<Response>) => {
  const calls: Call[] = []
  const client = createClient('secret', async (url, init) => {
    calls.push({ url: String(url), init })
    return response()
  })
  return { client, calls }
}

test('the token travels in the header, never in the address', async () => {
  const { client, calls } = answering(() => Response.json({ items: [] }))
  await client.workflows({ status: 'active', q: 'a&b' })
  expect(calls[0]!.url).toBe('api/v1/workflows?status=active&q=a%26b&sort=-updatedAt&limit=200')
  expect(calls[0]!.init?.headers).toMatchObject({ authorization: 'Bearer secret' })
})

test('ids are escaped in paths', async () => {
  const { client, calls } = answering(() => Response.json({}))
  await client.workflow('a/../b?c')
  expect(calls[0]!.url).toBe('api/v1/workflows/a%2F..%2Fb%3Fc')
})

test('a cancel is decided or proposed, by the status', async () => {
  const decided = answering(() => Response.json({}, { status: 200 }))
  expect(await decided.client.cancel('w', 'wrong order')).toEqual({ ok: true, value: 'decided' })
  expect(decided.calls[0]!.init).toMatchObject({ method: 'DELETE', body: '{"reason":"wrong order"}' })
  const proposed = answering(() => Response.json({}, { status: 202 }))
  expect(await proposed.client.cancel('w', 'x')).toEqual({ ok: true, value: 'proposed' })
})

test('failures are told apart by what comes next', async () => {
  const failure = async (response: () => Response | Promise<Response>) => (await answering(response).client.workflow('w')) as object
  const problem = { headers: { 'content-type': 'application/problem+json' } }
  expect(await failure(() => Response.json({}, { status: 401 }))).toMatchObject({ failure: { kind: 'unauthorized' } })
  expect(await failure(() => Response.json({ detail: 'No such workflow.' }, { status: 404, ...problem }))).toMatchObject({
    failure: { kind: 'refused', status: 404, message: 'No such workflow.' },
  })
  expect(await failure(() => Response.json({ title: 'Not now' }, { status: 503, ...problem }))).toMatchObject({
    failure: { kind: 'refused', message: 'Not now' },
  })
})

test('no answer, a proxy answering for a node that is gone, and a broken body are all: try again later', async () => {
  const unreachable = { ok: false, failure: { kind: 'unreachable' } }
  expect(await answering(() => Promise.reject(new TypeError('network'))).client.facilities()).toEqual(unreachable)
  expect(await answering(() => new Response('<h1>Bad gateway</h1>', { status: 502 })).client.facilities()).toEqual(unreachable)
  expect(await answering(() => new Response('{"items":[')).client.facilities()).toEqual(unreachable)
})
