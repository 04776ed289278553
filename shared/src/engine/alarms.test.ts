import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Alarms } from './alarms.ts'

/** What a heap must do, said with a map. */
class Model {
  readonly moments = new Map<string, number>()

  next(): number | undefined {
    return this.moments.size === 0 ? undefined : Math.min(...this.moments.values())
  }

  due(now: number): string[] {
    const due = [...this.moments].filter(([, at]) => at <= now)
    for (const [key] of due) this.moments.delete(key)
    return due.map(([key]) => key)
  }
}

const step = fc.oneof(
  fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), at: fc.option(fc.nat(50), { nil: undefined }) }),
  fc.record({ now: fc.nat(60) }),
)

test('I20 every moment that was set last rings once, in order, at its time or after', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const alarms = new Alarms()
      const model = new Model()
      for (const each of steps) {
        if ('now' in each) {
          const moments = new Map(model.moments)
          const rung = alarms.due(each.now)
          expect(rung.map((key) => moments.get(key))).toEqual(rung.map((key) => moments.get(key)).toSorted((a = 0, b = 0) => a - b))
          expect(rung.toSorted()).toEqual(model.due(each.now).toSorted())
        } else {
          alarms.set(each.key, each.at)
          if (each.at === undefined) model.moments.delete(each.key)
          else model.moments.set(each.key, each.at)
        }
        expect(alarms.next()).toBe(model.next())
      }
    }),
  )
})
