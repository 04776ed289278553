import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bearerOf } from './bearer.ts'
import { openCursor, sealCursor } from './cursor.ts'
import { scanJson } from './json-scan.ts'
import { type ListQuery, pageOf, SORT_FIELDS } from './listing.ts'
import { RateLimiter } from './rate-limit.ts'
import { TICKET_LIFETIME_MS, TicketOffice } from './tickets.ts'
import { summaryOf, toyNode } from './toy-node.ts'
import { PRIORITIES, type WorkflowSummary } from './views.ts'

const KEY = new TextEncoder().encode('key')
const QUERY: ListQuery = { facilities: '*', sort: { field: 'title', descending: false }, limit: 3 }

test('GOV-4 the scan accepts every JSON value within the bounds, however it is spaced', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 1, '\t'), (value, space) => {
      const names = JSON.stringify(value).match(/__proto__|constructor|prototype/)
      fc.pre(names === null)
      expect(scanJson(JSON.stringify(value, undefined, space))).toBeUndefined()
    }),
  )
})

test('GOV-4 a bearer token is read by one rule everywhere: any case of the scheme, visible characters, bounded', () => {
  expect(bearerOf('bearer abc~def!')).toBe('abc~def!')
  expect(bearerOf(`Bearer ${'x'.repeat(4096)}`)).toHaveLength(4096)
  for (const wrong of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer é', `Bearer ${'x'.repeat(4097)}`]) {
    expect(bearerOf(wrong)).toBeUndefined()
  }
})

test('a cursor opens to the position it was sealed with, and no byte of it may change', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' })), fc.string(), fc.nat(), (value, id, at) => {
      const cursor = sealCursor(KEY, QUERY, { value, id })
      expect(openCursor(KEY, { ...QUERY, limit: 99 }, cursor)).toEqual({ value, id })
      const place = at % cursor.length
      const other = cursor[place] === 'A' ? 'E' : 'A'
      const changed = `${cursor.slice(0, place)}${other}${cursor.slice(place + 1)}`
      const reopened = openCursor(KEY, QUERY, changed)
      expect(reopened === undefined || reopened.id === id).toBe(true)
    }),
  )
  expect(openCursor(new TextEncoder().encode('other'), QUERY, sealCursor(KEY, QUERY, { value: 1, id: 'a' }))).toBeUndefined()
})

test('API-1 pages put together are the whole list in order, whatever the order and the page size', async () => {
  const node = toyNode()
  await node.start({ facility: 'harbour-a', key: 'k', definition: 'picking', priority: 'normal', input: {}, by: 'x' })
  const [made] = node.workflows.values()
  const base = summaryOf(made!.detail)
  const workflows = fc.array(
    fc.record({
      title: fc.constantFrom('a', 'b', 'c'),
      priority: fc.constantFrom(...PRIORITIES),
      updatedAt: fc.nat(3),
      createdAt: fc.nat(3),
    }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(
      workflows,
      fc.constantFrom(...SORT_FIELDS),
      fc.boolean(),
      fc.integer({ min: 1, max: 7 }),
      (each, field, descending, limit) => {
        const all: WorkflowSummary[] = each.map((one, index) => ({ ...base, ...one, id: `w_${index}` }))
        const query: ListQuery = { facilities: '*', sort: { field, descending }, limit }
        const whole = pageOf(all, { ...query, limit: 100 })
        const paged: WorkflowSummary[] = []
        for (let page = pageOf(all, query); ; page = pageOf(all, { ...query, after: page.next })) {
          paged.push(...page.items)
          if (page.next === undefined) break
        }
        expect(whole.next).toBeUndefined()
        expect(paged).toEqual(whole.items)
        expect(new Set(paged.map(({ id }) => id)).size).toBe(all.length)
      },
    ),
  )
})

test('B36 a bucket never gives more than its burst and its refill', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2_000), { maxLength: 60 }), (gaps) => {
      const limiter = new RateLimiter({ perSecond: 2, burst: 5 })
      let now = 0
      let taken = 0
      for (const gap of gaps) {
        now += gap
        if (limiter.take('a', now).allowed) taken += 1
      }
      expect(taken).toBeLessThanOrEqual(5 + (now / 1000) * 2)
    }),
  )
})

test('B36 who waits as long as told is served', () => {
  const limiter = new RateLimiter({ perSecond: 0.3, burst: 1 })
  expect(limiter.take('a', 0).allowed).toBe(true)
  const { allowed, retryAfterSeconds } = limiter.take('a', 500)
  expect(allowed).toBe(false)
  expect(limiter.take('a', 500 + retryAfterSeconds * 1000).allowed).toBe(true)
})

test('B15 tickets: unknown, used, old; an office never holds more than it may', () => {
  let drawn = 0
  let at = 0
  const office = new TicketOffice({ random: { u32: () => drawn++ }, now: () => ({ wall: 0, monotonic: at }) })
  const principal = { name: 'a', role: 'viewer', facilities: '*' } as const
  expect(office.redeem('')).toBeUndefined()
  const first = office.issue(principal)
  at = TICKET_LIFETIME_MS - 1
  const second = office.issue(principal)
  expect(office.redeem(first)).toBe(principal)
  at += TICKET_LIFETIME_MS
  expect(office.redeem(second)).toBeUndefined()
  const many = Array.from({ length: 1_001 }, () => office.issue(principal))
  expect([office.redeem(many[0]!), office.redeem(many[1]!)]).toEqual([undefined, principal])
})
