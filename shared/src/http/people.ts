/**
 * What people are asked, out of the engine's rows; and what checkpoints hold. A dead letter's failed attempts are read from its log, which
 * has them all.
 */
import type { Asked, AskedRow } from '../engine/asked.ts'
import { checkpointRow } from '../engine/checkpoints.ts'
import type { Engine } from '../engine/engine.ts'
import type { Unit } from '../engine/unit.ts'
import type { ApprovalView, CheckpointDetail, DeadLetterView, ReviewView } from './control-views.ts'

export interface AskedFilter {
  readonly facility?: string | undefined
  readonly queue?: string | undefined
}

export interface People {
  approvals(filter: AskedFilter): Promise<readonly ApprovalView[]>
  reviews(filter: AskedFilter): Promise<readonly ReviewView[]>
  /** @param sees facilities whose logs may be read for the caller */
  deadLetters(filter: AskedFilter, sees: (facility: string) => boolean): Promise<readonly DeadLetterView[]>
  checkpoint(workflow: string, position: number): Promise<CheckpointDetail | undefined>
}

type Read = (workflow: string) => Promise<Unit | undefined>

/** No more logs than that are read for one answer. */
const MAX_LETTERS = 200

export const peopleOf = (engine: Engine, read: Read): People => ({
  approvals: async (filter) =>
    (await asked(engine, filter, 'approval')).map(({ asker, item }) => ({
      ...asker,
      queue: item.queue ?? '',
      needed: item.needed ?? 1,
      given: item.given ?? [],
      ...(item.role === undefined ? {} : { role: item.role }),
    })),
  reviews: async (filter) =>
    (await asked(engine, filter, 'review')).map(({ asker, item }) => ({
      ...asker,
      queue: item.queue ?? '',
      ...(item.error === undefined ? {} : { error: item.error }),
    })),
  deadLetters: async (filter, sees) => {
    const found = (await asked(engine, filter, 'dead-letter')).filter(({ asker }) => sees(asker.facility)).slice(0, MAX_LETTERS)
    return Promise.all(
      found.map(async ({ asker, item }) => ({
        ...asker,
        attempts: failedAttempts(await read(asker.workflow), item.ref),
        ...(item.error === undefined ? {} : { error: item.error }),
      })),
    )
  },
  checkpoint: async (workflow, position) => {
    const row = await engine.register.checkpoint(workflow, position)
    if (row !== undefined) return row
    const unit = await read(workflow)
    return unit === undefined ? undefined : fromLog(engine, unit, position)
  },
})

interface Found {
  readonly asker: Omit<AskedRow, 'items'> & { readonly step: string; readonly since: number }
  readonly item: Asked
}

const asked = async (engine: Engine, { facility, queue }: AskedFilter, kind: Asked['kind']): Promise<readonly Found[]> => {
  const found: Found[] = []
  for await (const { items, ...row } of engine.register.asked()) {
    if (facility !== undefined && row.facility !== facility) continue
    for (const item of items) {
      if (item.kind !== kind || (queue !== undefined && item.queue !== queue)) continue
      found.push({ asker: { ...row, step: item.step, since: item.since }, item })
    }
  }
  return found.sort((a, b) => a.item.since - b.item.since)
}

const failedAttempts = (unit: Unit | undefined, ref: number): DeadLetterView['attempts'] => {
  const failed: DeadLetterView['attempts'][number][] = []
  let step: { readonly attempt: number; readonly agent?: string | undefined } | undefined
  for (const { entry, state } of unit?.replay() ?? []) {
    const { at, event } = entry
    if ((event.type === 'attempt-failed' || event.type === 'step-failed' || event.type === 'review-wanted') && event.ref === ref) {
      const { code, message } = event.error
      const agent = step?.agent === undefined ? {} : { agent: step.agent }
      // Somebody was asked about it before it counted.
      if (failed.at(-1)?.attempt === (step?.attempt ?? 0)) failed.pop()
      failed.push({ attempt: step?.attempt ?? 0, at, error: { code, message }, ...agent })
    }
    step = state?.steps[ref]
  }
  return failed
}

/** A copy keeps no rows of checkpoints, but the log says the same. */
const fromLog = (engine: Engine, unit: Unit, position: number): CheckpointDetail | undefined => {
  const checkpoint = unit.state?.checkpoints.find((each) => each.position === position)
  const definition = unit.state && engine.catalogue.byHash(unit.state.definition)
  if (checkpoint === undefined || definition === undefined) return undefined
  let length = 0
  for (const { state } of unit.replay()) {
    length += 1
    if (length > position && state !== undefined) return checkpointRow(definition, unit.id, checkpoint, state)
  }
  return undefined
}
