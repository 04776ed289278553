import { describe, expect, test } from 'vitest'
import { brokenSessions, missingCauses, needlessRefusals, type SessionStep, staleReads } from './read-checkers.ts'

const BOUND = { maxMissing: 2, maxLagMs: 100 }
const COMMITS = [10, 20, 30, 40, 500]

const read = (startedAt: number, shown: number | undefined) => ({ reader: 'cloud', startedAt, shown })

describe('I15 bounded staleness', () => {
  test.each([
    ['everything', read(45, 4)],
    ['two short, and young enough', read(45, 2)],
    ['committed in this very moment, not shown', read(500, 4)],
    ['more than was committed when it began', read(15, 4)],
    ['refused', read(10_000, undefined)],
    ['nothing, of nothing', read(9, 0)],
  ])('holds for a read that shows %s', (_name, one) => {
    expect(staleReads(COMMITS, [one], BOUND)).toEqual([])
  })

  test.each([
    ['misses three', read(45, 1), { missing: 3, lagMs: 25 }],
    ['misses one for too long', read(141, 3), { missing: 1, lagMs: 101 }],
    ['shows nothing', read(131, 0), { missing: 4, lagMs: 121 }],
  ])('is broken by one that %s', (_name, one, details) => {
    expect(staleReads(COMMITS, [one], BOUND)).toMatchObject([{ invariant: 'I15 bounded staleness', details }])
  })

  test('to refuse is no way out while the link is whole', () => {
    const reads = [read(5, undefined), read(50, undefined), read(50, 3)]
    expect(needlessRefusals(reads, [{ from: 40, to: 60 }])).toMatchObject([{ details: { startedAt: 50 } }])
  })

  test('a million reads of a million commits are looked through in a second', { timeout: 10_000 }, () => {
    const commits = Array.from({ length: 1_000_000 }, (_, n) => n)
    const reads = commits.map((at) => read(at, at))
    expect(staleReads(commits, reads, BOUND)).toEqual([])
  })
})

describe('I10 sessions', () => {
  const shown = (session: string, positions: Record<string, number>): SessionStep => ({ session, type: 'read', shown: positions })
  const made = (session: string, positions: Record<string, number>): SessionStep => ({ session, type: 'write', made: positions })

  test('each sees its own writes and never less than before; others may', () => {
    const steps = [shown('a', { x: 1 }), made('a', { x: 2 }), shown('a', { x: 2, y: 5 }), shown('b', { x: 1 }), shown('a', { x: 3, y: 5 })]
    expect(brokenSessions(steps)).toEqual([])
  })

  test.each([
    ['monotonic reads', [shown('a', { x: 3 }), shown('a', { x: 2 })]],
    ['monotonic reads', [shown('a', { x: 3 }), shown('a', { y: 1 }), shown('a', { x: 0 })]],
    ['read your writes', [made('a', { x: 2 }), shown('a', { x: 1 })]],
    ['writes follow one another', [made('a', { x: 2 }), made('a', { x: 2 })]],
  ])('%s can be broken', (name, steps) => {
    expect(brokenSessions(steps)).toMatchObject([{ invariant: `I10 ${name}` }])
  })
})

test('I9 who shows an effect shows its cause', () => {
  const restsOn = new Map([['b', ['a']]])
  const shown = (...ids: string[]) => ({ replica: 'r', shows: new Set(ids) })
  expect(missingCauses([shown(), shown('a'), shown('a', 'b')], restsOn)).toEqual([])
  expect(missingCauses([shown('b')], restsOn)).toEqual([{ invariant: 'I9 causality', details: { replica: 'r', shows: 'b', misses: 'a' } }])
})
