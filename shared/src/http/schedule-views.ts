/** Schedules as the API shows and takes them. A timing is said in one of three ways; durations and moments as people write them. */
import { z } from '@hono/zod-openapi'
import { duration } from '../definition/durations.ts'
import type { Schedule, ScheduleSpec } from '../engine/schedules/schedule.ts'
import { nextAfter, type Timing } from '../policy/schedule/timing.ts'
import { id, line } from './route-parts.ts'
import { jsonValue, PRIORITIES } from './views.ts'

const moment = z.number().int().openapi({ description: 'milliseconds since 1970' })
/** With its offset, or it would mean another moment on another machine. */
const writtenMoment = z.iso
  .datetime({ offset: true, error: 'must be a moment with its offset, such as 2026-03-29T02:30:00+01:00' })
  .transform((text) => Date.parse(text))
const givenMoment = z.union([writtenMoment, moment.nonnegative()]).openapi({ type: ['string', 'integer'] })

const timing = z.union([
  z.strictObject({
    cron: z.string().openapi({ example: '0 8 * * MON-FRI', description: 'five fields, or six with seconds first' }),
    timeZone: z.string().max(64).openapi({ example: 'Europe/Berlin', description: 'an IANA name' }),
  }),
  z.strictObject({
    every: duration(0).openapi({ type: ['string', 'integer'], example: '15m' }),
    from: givenMoment.optional().openapi({ description: 'the moment it is counted from; without it, the beginning of 1970 in UTC' }),
  }),
  z.strictObject({ at: givenMoment }),
])

export const scheduleBody = z
  .strictObject({
    id,
    facility: id,
    definition: id,
    version: z.number().int().positive().optional().openapi({ description: 'without it, the latest at each run' }),
    title: line(200).optional(),
    priority: z.enum(PRIORITIES).default('normal'),
    input: jsonValue.optional(),
    timing,
    missed: z.enum(['skip', 'once', 'all']).default('skip').openapi({ description: 'what becomes of runs that nobody could begin' }),
  })
  .openapi('CreateSchedule')

export const scheduleView = z
  .object({
    id: z.string(),
    facility: z.string(),
    definition: z.string(),
    version: z.number().int().optional(),
    title: z.string().optional(),
    priority: z.enum(PRIORITIES),
    input: jsonValue,
    timing: jsonValue,
    missed: z.enum(['skip', 'once', 'all']),
    by: z.string(),
    createdAt: moment,
    paused: z.boolean(),
    next: z.array(moment).readonly().openapi({ description: 'when it runs next; empty when paused or over' }),
    lastRun: z.object({ due: moment, workflow: z.string() }).optional(),
    lastProblem: z.object({ due: moment, code: z.string(), message: z.string() }).optional(),
  })
  .openapi('Schedule')
export type ScheduleView = z.infer<typeof scheduleView>

export const specOf = ({ version, title, input, timing: given, ...rest }: z.infer<typeof scheduleBody>): ScheduleSpec => ({
  ...rest,
  ...(version === undefined ? {} : { version }),
  ...(title === undefined ? {} : { title }),
  input: input === undefined ? {} : input,
  timing: timingOf(given),
})

const timingOf = (given: z.infer<typeof timing>): Timing => {
  if ('cron' in given) return { kind: 'cron', pattern: given.cron, timeZone: given.timeZone }
  if ('every' in given) return { kind: 'interval', everyMs: given.every, from: given.from ?? 0 }
  return { kind: 'once', at: given.at }
}

export const viewOfSchedule = ({ settledTo: _settled, ...schedule }: Schedule, now: number): ScheduleView => ({
  ...schedule,
  next: schedule.paused ? [] : upcoming(schedule.timing, now),
})

const SHOWN = 3

const upcoming = (timing: Timing, now: number): readonly number[] => {
  const found: number[] = []
  for (let next = nextAfter(timing, now); next !== undefined && found.length < SHOWN; next = nextAfter(timing, next)) found.push(next)
  return found
}
