/**
 * I21 and I2 against what was really done: nothing twice under one id, nothing that no log asked for, nothing counted that was not
 * done, and nothing done that no log knows of.
 */
import { assertInvariant } from '@holdfast/shared/testing'
import { parseTaskId } from '@holdfast/shared/workflow'
import type { World } from '../world/world.ts'
import type { LogAudit } from './log-audit.ts'

export const auditEffects = (world: World, audits: ReadonlyMap<string, LogAudit>): void => {
  const done = doneByAgents(world)
  const { effects } = world.frame.ledger
  for (const { id, by, begun, interrupted } of effects.values()) {
    assertInvariant('I21 no double effect', begun - interrupted <= 1, () => ({ id, by, begun, interrupted }))
    if (!world.agents.has(by)) continue
    const asked = auditOf(audits, id)?.offered.get(id)
    assertInvariant('I2 what was done had been asked of its doer', asked === by, () => ({ id, by, asked: asked ?? 'nobody' }))
    if (parseTaskId(id)?.name.purpose === 'compensate') auditUndoing(new Set([...done, ...doneByServices(world)]), id)
  }
  for (const audit of audits.values()) for (const id of audit.credited) auditCredit(world, done, audit, id)
  for (const id of done) {
    const audit = auditOf(audits, id)
    const isKnown = audit?.credited.has(id) || audit?.late.has(id) || world.frame.ledger.erased.has(parseTaskId(id)?.workflow ?? '')
    assertInvariant('I1 what was done is on record', isKnown, () => ({ id }))
  }
  for (const audit of audits.values()) for (const id of audit.reused) auditReused(world, id)
}

/** Tasks whose success an agent has durably noted. */
const doneByAgents = (world: World): ReadonlySet<string> => {
  const done = new Set<string>()
  for (const { journal } of world.agents.values())
    for (const entry of journal) if (entry.kind === 'finished' && entry.outcome.ok) done.add(entry.task)
  return done
}

const doneByServices = ({ frame, agents }: World): readonly string[] =>
  [...frame.ledger.effects.values()].flatMap(({ id, by, done }) => (done > 0 && !agents.has(by) ? [id] : []))

const auditOf = (audits: ReadonlyMap<string, LogAudit>, id: string): LogAudit | undefined => audits.get(parseTaskId(id)?.workflow ?? '')

const auditUndoing = (done: ReadonlySet<string>, id: string): void => {
  const step = stepOf(id)
  const undoable = [...done].some((other) => stepOf(other) === step && parseTaskId(other)?.name.purpose === 'forward')
  assertInvariant('I21 only what was done is undone', undoable, () => ({ id }))
}

const stepOf = (id: string): string => id.slice(0, id.lastIndexOf('.'))

/** A result that was kept for a while is that of a call which was made. */
const auditReused = ({ frame }: World, id: string): void => {
  frame.kernel.history.reached('spared by a kept result')
  const done = frame.ledger.effects.get(id)?.done ?? 0
  assertInvariant('I21 what is used again was done', done > 0, () => ({ id, done }))
}

const auditCredit = (world: World, done: ReadonlySet<string>, audit: LogAudit, id: string): void => {
  if (!audit.offered.has(id)) return
  assertInvariant('I21 what counts was done', done.has(id), () => ({ id, begun: world.frame.ledger.effects.get(id)?.begun ?? 0 }))
}
