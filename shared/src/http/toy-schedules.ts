/** For tests: schedules that are kept and never run, at a moment that does not pass. */
import type { Schedule } from '../engine/schedules/schedule.ts'
import { refusal } from '../values/refusal.ts'
import { err, ok } from '../values/result.ts'
import type { Schedules } from './schedule-routes.ts'

const NOW = Date.parse('2026-03-28T00:00Z')

export const toySchedules = (): Schedules => {
  const kept = new Map<string, Schedule>()
  const keep = (schedule: Schedule): Schedule => {
    kept.set(schedule.id, schedule)
    return schedule
  }
  const missing = refusal('fix-request', 'not-found', 'no such schedule')
  return {
    now: () => NOW,
    list: () => [...kept.values()],
    get: (id) => kept.get(id),
    create: async (spec, by) => {
      const known = kept.get(spec.id)
      if (known !== undefined) return ok({ schedule: known, replayed: true })
      return ok({ schedule: keep({ ...spec, by, createdAt: NOW, paused: false, settledTo: NOW }), replayed: false })
    },
    pause: async (id, paused) => {
      const known = kept.get(id)
      return known === undefined ? err(missing) : ok(keep({ ...known, paused }))
    },
    remove: async (id) => {
      const known = kept.get(id)
      kept.delete(id)
      return known === undefined ? err(missing) : ok(known)
    },
  }
}
