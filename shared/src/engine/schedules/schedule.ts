/**
 * A schedule: start this definition with this input whenever its timing says so. A row of the store, kept by the node that is the
 * authority of its facility.
 */
import type { Priority } from '../../definition/definition.ts'
import type { Missed } from '../../policy/schedule/due.ts'
import type { Timing } from '../../policy/schedule/timing.ts'
import { workflowIdOf } from '../../values/ids.ts'
import { isJsonObject, type Json } from '../../values/json.ts'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { Catalogue } from '../catalogue.ts'
import type { WillInput } from '../inputs.ts'

export const SCHEDULES = 'schedules'

export interface ScheduleSpec {
  readonly id: string
  readonly facility: string
  readonly definition: string
  /** Without it, the latest at each run. */
  readonly version?: number
  /** Without it, the definition's. */
  readonly title?: string
  readonly priority: Priority
  readonly input: Json
  readonly timing: Timing
  readonly missed: Missed
}

export interface Schedule extends ScheduleSpec {
  readonly by: string
  readonly createdAt: number
  readonly paused: boolean
  /** Runs due up to here are dealt with. */
  readonly settledTo: number
  readonly lastRun?: { readonly due: number; readonly workflow: string }
  /** The last run that could not be started, and why. */
  readonly lastProblem?: { readonly due: number; readonly code: string; readonly message: string }
}

/** The run's key: whatever restarts in between, the same run is the same workflow. */
const keyOf = ({ id }: Schedule, due: number): string => `schedule.${id}.${due}`

export const runWill = (catalogue: Catalogue, schedule: Schedule, due: number): Result<WillInput, Refusal> => {
  const { id, facility: home, definition, version, priority, input } = schedule
  const known = catalogue.byName(definition, version)
  if (known === undefined) return err(refusal('fix-request', 'unknown-definition', `No definition named ${definition} is known here.`))
  const key = keyOf(schedule, due)
  const title = schedule.title ?? known.definition.title
  return ok({
    kind: 'will',
    workflow: workflowIdOf(home, key),
    home,
    command: { type: 'create', home, key, definition: known.hash, title, priority, input },
    by: `schedule ${id}`,
    reason: 'schedule',
  })
}

/** Written by this node itself and covered by the row's hash, so its outline is enough to know it by. */
export const isSchedule = (row: Json | Schedule): row is Json & Schedule =>
  isJsonObject(row) && typeof row.id === 'string' && typeof row.settledTo === 'number' && isJsonObject(row.timing)
