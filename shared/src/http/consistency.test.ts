import { describe, expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import { err, ok } from '../values/result.ts'
import type { Reads } from './reads.ts'
import { toyApi } from './toy-api.ts'
import { toyNode } from './toy-node.ts'

const admin = { Authorization: 'Bearer admin' }

/** A node that answers as it is told to, and notes what it was asked. */
const open = async (reads: Partial<Reads> = {}) => {
  const asked: string[] = []
  const node = toyNode()
  const noting: Reads = {
    begin: async (scope, demand, session) => {
      asked.push(JSON.stringify(['facilities' in scope ? scope.facilities : 'one', demand, session]))
      return reads.begin?.(scope, demand, session) ?? ok(7)
    },
    end: async (scope, demand) => reads.end?.(scope, demand),
    seen: async (_, session) => [...session, { home: 'harbour-a', generation: 'g', sequence: 3 }],
  }
  const { ask } = toyApi({ node: { ...node, reads: noting } })
  const started = await ask('POST', '/api/v1/workflows', { facility: 'harbour-a', definition: 'picking', key: 'k' }, admin)
  const path = `${started.headers.get('location')}`
  return { ask, asked, path, started }
}

describe('SYN-6 a level, over HTTP', () => {
  test('SYN-6 demanded by query or by header, told in the answer', async () => {
    const { ask, asked, path } = await open()
    const byQuery = await ask('GET', `${path}?consistency=bounded_staleness&maxLag=5s`, undefined, admin)
    const byHeader = await ask('GET', path, undefined, { ...admin, 'Holdfast-Consistency': 'bounded_staleness; maxLag=5s' })
    for (const answer of [byQuery, byHeader]) {
      expect(answer.headers.get('holdfast-consistency')).toBe('bounded_staleness; age=7')
      expect((await answer.json()).consistency).toBe('bounded_staleness')
    }
    expect(asked).toEqual(Array.from({ length: 2 }, () => JSON.stringify(['one', { level: 'bounded_staleness', maxLagMs: 5_000 }, []])))
  })

  test('SYN-6 Q1 what can not be answered so is refused: before it is read, or after', async () => {
    const stale = refusal('retry-later', 'staleness-bound-exceeded', 'too old', { retryAfterMs: 2_500 })
    for (const reads of [{ begin: async () => err(stale) }, { end: async () => stale }]) {
      const { ask, path } = await open(reads)
      const answer = await ask('GET', path, undefined, admin)
      expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('etag')]).toEqual([503, '3', null])
      expect(answer.headers.get('holdfast-consistency')).toBeNull()
      expect((await answer.json()).type).toBe('urn:holdfast:problem:staleness-bound-exceeded')
    }
  })

  test.each(['?consistency=loose', '?consistency=strong&maxLag=1s', '?maxLag=1s'])(
    'SYN-6 B3 %s is refused, never taken for less',
    async (query) => {
      const { ask, path } = await open()
      const answer = await ask('GET', path + query, undefined, admin)
      expect([answer.status, (await answer.json()).type]).toEqual([400, 'urn:holdfast:problem:invalid-consistency'])
    },
  )

  test('I25 a list is held to its level for the facilities that the caller sees and asks for, and for no other', async () => {
    const { ask, asked } = await open()
    await ask('GET', '/api/v1/workflows?facility=harbour-b&consistency=strong', undefined, admin)
    expect(asked.at(-1)).toBe(JSON.stringify([['harbour-b'], { level: 'strong' }, []]))
  })
})

describe('I10 a session, over HTTP', () => {
  test('I10 begins with the first answer, a write’s as well, and goes on with each', async () => {
    const { ask, asked, path, started } = await open()
    const session = started.headers.get('holdfast-session') ?? ''
    expect(session).toBe('[["harbour-a","g",3]]')
    const read = await ask('GET', path, undefined, { ...admin, 'Holdfast-Session': session })
    expect(asked.at(-1)).toContain('{"home":"harbour-a","generation":"g","sequence":3}')
    expect(read.headers.get('holdfast-session')).toContain('harbour-a')
  })

  test('I10 B26 one that is none is refused', async () => {
    const { ask, path } = await open()
    const answer = await ask('GET', path, undefined, { ...admin, 'Holdfast-Session': '[["harbour-a"]]' })
    expect([answer.status, (await answer.json()).type]).toEqual([400, 'urn:holdfast:problem:invalid-session'])
  })
})
