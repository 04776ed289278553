/** What must hold when all is quiet: of every workflow, of every replica, and of what was done in the world. */
import { type Engine, type Summary, Unit } from '@holdfast/shared/engine'
import { assertInvariant, collect, InvariantBroken } from '@holdfast/shared/testing'
import { evolve } from '@holdfast/shared/workflow'
import { DEFINITIONS } from '../world/definitions.ts'
import type { EngineHost } from '../world/engine-host.ts'
import { CLOUD, gatewayOf } from '../world/setup.ts'
import type { World } from '../world/world.ts'
import { canonicalState } from './canonical.ts'
import { auditEffects } from './effects.ts'
import { checkImage, holds } from './images.ts'
import { LogAudit } from './log-audit.ts'
import { noteFaults, notePaths } from './paths.ts'

export const auditEnd = async (world: World): Promise<void> => {
  for (const host of world.hosts.values()) await checkImage(world, host, new Map())
  const audits = new Map<string, LogAudit>()
  for (const { home, host } of world.gateways) {
    for (const { id, head } of await rowsAt(host.life?.engine)) {
      audits.set(id, await auditWorkflow(world, host, world.host(CLOUD), id))
      world.frame.kernel.note(home, `ends with ${head}`)
    }
  }
  auditNames(world)
  await auditAcknowledged(world)
  auditEffects(world, audits)
  noteFaults(world)
}

const rowsAt = async (engine: Engine | undefined): Promise<readonly Summary[]> => (engine === undefined ? [] : collect(engine.summaries()))

const auditWorkflow = async (world: World, host: EngineHost, cloud: EngineHost, id: string): Promise<LogAudit> => {
  const live = await unitAt(host.life?.engine, id)
  const definition = DEFINITIONS.find(({ hash }) => hash === live.state?.definition)
  if (definition === undefined) throw new InvariantBroken({ invariant: 'I18 a workflow keeps its definition', details: { id } })
  const stored = await host.disk.store.document(id)
  const again = stored && Unit.load(id, stored, 0, evolve)
  if (again?.ok !== true) throw new InvariantBroken({ invariant: 'I18 what is stored replays', details: { id } })
  const state = canonicalState(live.state)
  const replayed = [...again.value.replay()]
  const there = await unitAt(cloud.life?.engine, id)
  assertInvariant('I18 replay is the live state', canonicalState(replayed.at(-1)?.state) === state, () => ({ id }))
  assertInvariant('I7 replicas agree', canonicalState(there.state) === state && there.headHex === live.headHex, () => ({ id }))
  assertInvariant('I7 replicas hold the same', sameVector(live, there), () => ({ id }))
  world.frame.kernel.history.count(`ended ${live.state?.status}`)
  notePaths(world.frame.kernel.history, replayed)
  return new LogAudit(again.value, definition)
}

const unitAt = async (engine: Engine | undefined, id: string): Promise<Unit> => {
  const unit = await engine?.read(id)
  if (unit?.ok === true && unit.value !== undefined) return unit.value
  throw new InvariantBroken({ invariant: 'I7 every replica has every workflow', details: { id } })
}

const sameVector = (one: Unit, other: Unit): boolean => `${one.replica.stateVector()}` === `${other.replica.stateVector()}`

/** Two acknowledged proposals never share a name: the second would be taken for a repetition of the first, and dropped. */
const auditNames = (world: World): void => {
  const names = new Set<string>()
  for (const { proposal, workflow, by } of world.frame.ledger.acknowledged) {
    if (proposal === undefined) continue
    const name = `${workflow} ${proposal.journal} ${proposal.n}`
    assertInvariant('D5 a proposal has a name of its own', !names.has(name), () => ({ name, by }))
    names.add(name)
  }
}

/** I1 and I24 at the end: whatever was acknowledged anywhere has reached its authority. */
const auditAcknowledged = async (world: World): Promise<void> => {
  for (const one of world.frame.ledger.acknowledged) {
    const unit = await unitAt(world.host(gatewayOf(one.home)).life?.engine, one.workflow)
    assertInvariant('I1 I24 what was acknowledged has reached its authority', holds(unit, one), () => ({ ...one }))
  }
}
