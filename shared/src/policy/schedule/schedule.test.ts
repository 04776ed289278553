import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { dueRuns, GRACE_MS, type Missed } from './due.ts'
import { lastUpTo, nextAfter, type Timing, timingProblem } from './timing.ts'

const cron = (pattern: string, timeZone = 'Europe/Berlin'): Timing => ({ kind: 'cron', pattern, timeZone })
const at = (text: string): number => Date.parse(text)
const HOUR = 3_600_000
const DAY = 24 * HOUR

const following = (timing: Timing, from: string, count: number): readonly string[] => {
  const found: string[] = []
  for (let next = nextAfter(timing, at(from)); next !== undefined && found.length < count; next = nextAfter(timing, next))
    found.push(new Date(next).toISOString().slice(0, 16))
  return found
}

describe('DEF-10 cron in a time zone', () => {
  test('keeps the time of day across both changes of daylight saving', () => {
    expect(following(cron('0 8 * * *'), '2026-03-28T00:00Z', 3)).toEqual(['2026-03-28T07:00', '2026-03-29T06:00', '2026-03-30T06:00'])
    expect(following(cron('0 8 * * *'), '2026-10-24T00:00Z', 3)).toEqual(['2026-10-24T06:00', '2026-10-25T07:00', '2026-10-26T07:00'])
  })

  test('a time that does not exist comes after the gap; one that comes twice runs once', () => {
    expect(following(cron('30 2 * * *'), '2026-03-28T12:00Z', 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:30'])
    expect(following(cron('30 2 * * *'), '2026-10-24T12:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30'])
  })

  test('every hour is every hour, whatever the clock on the wall says', () => {
    for (const from of ['2026-03-28T20:00Z', '2026-10-24T20:00Z']) {
      const hours = following(cron('0 * * * *'), from, 12).map(at12)
      expect(new Set(hours.slice(1).map((hour, index) => hour - (hours[index] ?? 0)))).toEqual(new Set([HOUR]))
    }
  })

  const at12 = (text: string): number => at(`${text}Z`)

  test('weekdays, last days, seconds, names', () => {
    expect(following(cron('0 8 * * MON-FRI', 'UTC'), '2026-11-27T09:00Z', 2)).toEqual(['2026-11-30T08:00', '2026-12-01T08:00'])
    expect(following(cron('0 0 L * *', 'UTC'), '2026-02-01T00:00Z', 2)).toEqual(['2026-02-28T00:00', '2026-03-31T00:00'])
    expect(nextAfter(cron('*/10 * * * * *', 'UTC'), at('2026-01-01T00:00:01Z'))).toBe(at('2026-01-01T00:00:10Z'))
  })

  test.each([
    ['0 8 * *', 'exactly five'],
    ['61 * * * *', 'minute'],
    ['0 0 31 2 *', 'never comes'],
    ['0 ? * * *', 'can not hold'],
    ['*'.repeat(300), 'at most'],
    ['', 'exactly five'],
  ])('refuses %j', (pattern, why) => {
    expect(timingProblem(cron(pattern))).toContain(why)
  })

  test('refuses a time zone that is none, and an interval of nothing', () => {
    expect(timingProblem(cron('0 8 * * *', 'Europe/Nowhere'))).toBe("Invalid timezone 'Europe/Nowhere'")
    expect(timingProblem({ kind: 'interval', everyMs: 10, from: 0 })).toContain('at least')
    expect(timingProblem(cron('0 8 * * *'))).toBeUndefined()
  })
})

describe('the answer follows from the arguments', () => {
  afterEach(() => vi.useRealTimers())

  test('whatever the clock of this machine says', () => {
    const answers = ['1999-12-31T23:59Z', '2026-03-29T00:59Z', '2050-06-01T00:00Z'].map((today) => {
      vi.useFakeTimers({ now: at(today) })
      const timing = cron('30 2 * * 1')
      return [nextAfter(timing, at('2026-03-20T00:00Z')), lastUpTo(timing, at('2026-03-20T00:00Z')), timingProblem(timing)]
    })
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
  })

  const timings = fc.oneof(
    fc.constantFrom(cron('0 8 * * *'), cron('*/7 * * * *', 'UTC'), cron('30 2 * * *', 'America/New_York'), cron('0 0 1 * *', 'Asia/Tokyo')),
    fc.record({
      kind: fc.constant('interval' as const),
      everyMs: fc.integer({ min: 1_000, max: DAY }),
      from: fc.integer({ min: 0, max: 2e12 }),
    }),
    fc.record({ kind: fc.constant('once' as const), at: fc.integer({ min: 0, max: 2e12 }) }),
  )

  test('the last moment up to the next one is the next one, and nothing lies between', () => {
    fc.assert(
      fc.property(timings, fc.integer({ min: 1.7e12, max: 1.9e12 }), (timing, after) => {
        const next = nextAfter(timing, after)
        if (next === undefined) return
        expect(next).toBeGreaterThan(after)
        expect(lastUpTo(timing, next)).toBe(next)
        expect(lastUpTo(timing, next - 1) ?? 0).toBeLessThanOrEqual(after)
      }),
    )
  })
})

describe('DEF-10 missed runs', () => {
  const daily = cron('0 8 * * *', 'UTC')
  const settled = at('2026-11-01T08:00Z')
  const runs = (missed: Missed, now: string) =>
    dueRuns(daily, missed, settled, at(now)).runs.map((run) => new Date(run).toISOString().slice(5, 16))

  test('what is on time begins under each policy', () => {
    for (const missed of ['skip', 'once', 'all'] as const) {
      expect(runs(missed, '2026-11-02T07:59:59Z')).toEqual([])
      expect(runs(missed, '2026-11-02T08:00Z')).toEqual(['11-02T08:00'])
      expect(runs(missed, '2026-11-02T08:01Z')).toEqual(['11-02T08:00'])
    }
  })

  test('skip, once, all', () => {
    expect(runs('skip', '2026-11-04T12:00Z')).toEqual([])
    expect(runs('once', '2026-11-04T12:00Z')).toEqual(['11-04T08:00'])
    expect(runs('all', '2026-11-04T12:00Z')).toEqual(['11-02T08:00', '11-03T08:00', '11-04T08:00'])
  })

  test('one on time stands for the missed ones, or for itself', () => {
    expect(runs('skip', '2026-11-04T08:00:30Z')).toEqual(['11-04T08:00'])
    expect(runs('once', '2026-11-04T08:00:30Z')).toEqual(['11-04T08:00'])
    expect(runs('all', '2026-11-04T08:00:30Z')).toHaveLength(3)
  })

  test('a long absence is caught up a part at a time, with nothing left out', () => {
    const minutely: Timing = { kind: 'interval', everyMs: 60_000, from: 0 }
    const found: number[] = []
    let settledTo = 0
    for (let more = true; more; ) {
      const due = dueRuns(minutely, 'all', settledTo, DAY)
      expect(due.runs.length).toBeLessThanOrEqual(100)
      found.push(...due.runs)
      settledTo = due.settledTo
      more = due.more
    }
    expect(found).toEqual(Array.from({ length: 1_440 }, (_, index) => (index + 1) * 60_000))
    expect(settledTo).toBe(DAY)
  })

  test('a clock set back takes the settled moment with it, one set forward makes runs missed', () => {
    expect(dueRuns(daily, 'all', settled, settled - DAY)).toEqual({ runs: [], settledTo: settled - DAY, more: false })
    expect(dueRuns(daily, 'skip', settled, settled + 40 * DAY + GRACE_MS + 1).runs).toEqual([])
  })

  test('however time passes, under "all" every run begins once', () => {
    const interval: Timing = { kind: 'interval', everyMs: 7_000, from: 500 }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 20 }), (steps) => {
        const found: number[] = []
        let [settledTo, now] = [0, 0]
        for (const step of steps) {
          now += step
          for (let more = true; more; ) {
            const due = dueRuns(interval, 'all', settledTo, now)
            found.push(...due.runs)
            settledTo = due.settledTo
            more = due.more
          }
        }
        expect(found).toEqual(
          Array.from({ length: now < 500 ? 0 : Math.floor((now - 500) / 7_000) + 1 }, (_, index) => 500 + index * 7_000),
        )
      }),
    )
  })
})
