/**
 * What a crash leaves behind, looked at before the next life begins, when the image on the disk is exactly what is durable.
 *
 *   I1   what clients were told is there; what readers were shown is there; what the hub acknowledged is there
 *   I3   what a node holds of a peer's feed is exactly what its cursor names, and the peer has it still
 *   I4   every log's hash chain holds
 *   I6   each row is what its document folds to; no proposal waits that has its verdict
 */

import { waitingProposals } from '@holdfast/shared/document'
import { Catalogue, type Summary, summaryOf, Unit, WORKFLOWS } from '@holdfast/shared/engine'
import type { StoredDocument } from '@holdfast/shared/ports'
import { assertInvariant, InvariantBroken } from '@holdfast/shared/testing'
import { canonicalJson, isWorkflowId, type Json, type Refusal, type Result } from '@holdfast/shared/values'
import { evolve } from '@holdfast/shared/workflow'
import { DEFINITIONS } from '../world/definitions.ts'
import type { EngineHost } from '../world/engine-host.ts'
import type { Acknowledged } from '../world/ledger.ts'
import { CLOUD, gatewayOf, HOMES } from '../world/setup.ts'
import type { World } from '../world/world.ts'
import { checkHeld } from './held.ts'

const CATALOGUE = new Catalogue()
for (const definition of DEFINITIONS) CATALOGUE.add(definition)

/** Units read from a disk, kept while their document has not grown. */
export type Shelf = Map<string, { readonly version: number; readonly unit: Unit }>

export const watchImages = (world: World): void => {
  for (const host of world.hosts.values()) {
    const shelf: Shelf = new Map()
    host.onCrash = () => checkImage(world, host, shelf)
  }
}

export const checkImage = async (world: World, host: EngineHost, shelf: Shelf): Promise<void> => {
  for (const document of await documentsOf(host)) await checkDocument(world, host, shelf, document)
  const { acknowledged, erased } = world.frame.ledger
  for (const one of acknowledged) if (one.node === host.name && !erased.has(one.workflow)) checkAcknowledged(shelf, one)
  await checkLinks(world, host)
}

const documentsOf = async (host: EngineHost): Promise<ReadonlySet<string>> => {
  const documents = new Set<string>()
  for (const home of HOMES) for (const { document } of await host.disk.store.feed(home, 0, Number.MAX_SAFE_INTEGER)) documents.add(document)
  return documents
}

const checkDocument = async (world: World, host: EngineHost, shelf: Shelf, id: string): Promise<void> => {
  const stored = await host.disk.store.document(id)
  if (stored === undefined || !isWorkflowId(id) || world.frame.ledger.erased.has(id) || shelf.get(id)?.version === stored.version) return
  const unit = unitOf(host, shelf, id, stored)
  shelf.set(id, { version: stored.version, unit })
  if (host.name === gatewayOf(unit.home)) world.watch.catchUp(unit)
  const row = await host.disk.store.get(WORKFLOWS, id)
  checkRow(host, unit, row)
  checkVerdicts(host, unit)
  const seen = world.frame.ledger.seen.get(`${id}@${host.name}`) ?? 0
  assertInvariant('I1 what readers were shown is durable', unit.length >= seen, () => ({ node: host.name, id, seen, holds: unit.length }))
}

/** A durable image only grows, so what was read of it before is read on. */
const unitOf = ({ name }: EngineHost, shelf: Shelf, id: string, stored: StoredDocument): Unit => {
  const known = shelf.get(id)
  if (known === undefined) return okOr(Unit.load(id, stored, 0, evolve), name, id)
  known.unit.replica.applyAll(stored.updates.slice(known.version))
  okOr(known.unit.foldNews(), name, id)
  return known.unit
}

const okOr = <Value>(read: Result<Value, Refusal>, node: string, id: string): Value => {
  if (read.ok) return read.value
  throw new InvariantBroken({ invariant: 'I4 chain', details: { node, id, why: read.error.message } })
}

const checkRow = (host: EngineHost, unit: Unit, row: Json | undefined): void => {
  const expected: Summary | undefined = summaryOf(unit, CATALOGUE)
  const same = canonicalJson(expected ?? null) === canonicalJson(row ?? null)
  assertInvariant('I6 rows are what documents fold to', same, () => ({ node: host.name, row: row ?? null, expected: expected ?? null }))
}

const checkVerdicts = (host: EngineHost, unit: Unit): void => {
  const judged = waitingProposals(unit.replica).filter(
    (one) => !one.malformed && one.proposal.n <= (unit.state?.marks[one.proposal.journal] ?? 0),
  )
  assertInvariant('I6 a verdict and the removal of its proposal are one', judged.length === 0, () => ({ node: host.name, id: unit.id }))
}

const checkAcknowledged = (shelf: Shelf, one: Acknowledged): void => {
  const unit = shelf.get(one.workflow)?.unit
  assertInvariant('I1 no lost acknowledged write', unit !== undefined && holds(unit, one), () => ({ ...one }))
}

/** By name where it was written down as a proposal, else by who decided it. */
export const holds = (unit: Unit, { by, proposal }: Acknowledged): boolean => {
  if (proposal !== undefined && (unit.state?.marks[proposal.journal] ?? 0) >= proposal.n) return true
  if (waitingProposals(unit.replica).some((one) => !one.malformed && one.proposal.by === by)) return true
  for (const { entry } of unit.replay()) if (entry.by === by) return true
  return false
}

const checkLinks = async (world: World, crashed: EngineHost): Promise<void> => {
  const cloud = world.host(CLOUD)
  for (const home of HOMES) {
    const below = world.host(gatewayOf(home))
    if (crashed !== cloud && crashed !== below) continue
    await checkHeld(world, cloud, below, home)
    await checkHeld(world, below, cloud, home)
  }
}
