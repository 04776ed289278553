/**
 * Proposals wait in one array until the authority judges them (D5). Each is a single opaque value, named in two ways:
 *
 *   ⟨journal, n⟩   its author's own numbering, the key of its verdict; 1, 2, 3 … without gaps in each journal
 *   place          the Yjs id of the array element: exact even when two elements carry the same ⟨journal, n⟩, or none that can be read
 *
 * Anything may stand in the array: what is no proposal is reported as malformed, so that it gets a verdict instead of causing a crash.
 */

import { refuseContent } from '../values/content.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Replica } from './replica.ts'
import type { Position } from './segments.ts'

export const PROPOSALS = 'proposals'

export interface Proposal {
  readonly journal: string
  readonly n: number
  /** Who wills or reports it, in words the history will show. */
  readonly by: string
  /** The author's wall clock. */
  readonly at: number
  /** What the author had seen. */
  readonly basis: Position
  readonly reason: string
  readonly content: Json
}

export interface Place {
  readonly client: number
  readonly clock: number
}

export type WellFormed = { readonly malformed: false; readonly place: Place; readonly proposal: Proposal }
export type Malformed = { readonly malformed: true; readonly place: Place; readonly raw: unknown }
export type Waiting = WellFormed | Malformed

/** Writes a proposal and returns the update; refuses content that would not read back the same. */
export const propose = (replica: Replica, proposal: Proposal): Result<Uint8Array, Refusal> => {
  const { journal, n, by, at, basis, reason, content } = proposal
  const element = { journal, n, by, at, basis: { segment: basis.segment, index: basis.index, length: basis.length }, reason, content }
  const refused = refuseContent(element)
  if (refused !== undefined) return err(refused)
  return ok(replica.change(() => replica.doc.getArray<Json>(PROPOSALS).push([element])))
}

/** All that wait, in the array's order, which is the same on every replica. */
export const waitingProposals = (replica: Replica): readonly Waiting[] =>
  elementsOf(replica).map(({ place, element }) => {
    const proposal = parseProposal(element)
    return proposal === undefined ? { malformed: true, place, raw: element } : { malformed: false, place, proposal }
  })

/** Takes the elements at these places out of the array; to be called inside a transaction. Places that are gone are passed over. */
export const removeProposals = (replica: Replica, places: readonly Place[]): void => {
  if (places.length === 0) return
  const doomed = new Set(places.map(placeKey))
  const array = replica.doc.getArray<Json>(PROPOSALS)
  const indices = elementsOf(replica).flatMap(({ place }, index) => (doomed.has(placeKey(place)) ? [index] : []))
  for (const index of indices.reverse()) array.delete(index, 1)
}

const placeKey = (place: Place): string => `${place.client}:${place.clock}`

const elementsOf = (replica: Replica): { readonly place: Place; readonly element: unknown }[] => {
  const elements: { place: Place; element: unknown }[] = []
  if (!replica.doc.share.has(PROPOSALS)) return elements
  for (let item = replica.doc.getArray<Json>(PROPOSALS)._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    const { client, clock } = item.id
    item.content.getContent().forEach((element: unknown, offset) => {
      elements.push({ place: { client, clock: clock + offset }, element })
    })
  }
  return elements
}

const parseProposal = (element: unknown): Proposal | undefined => {
  if (!isJsonObject(element)) return undefined
  const { journal, n, by, at, reason, content } = element
  const basis = parsePosition(element.basis)
  if (typeof journal !== 'string' || !isCount(n) || n < 1 || typeof by !== 'string' || typeof at !== 'number') return undefined
  if (basis === undefined || typeof reason !== 'string' || content === undefined) return undefined
  return { journal, n, by, at, basis, reason, content }
}

const parsePosition = (value: Json | undefined): Position | undefined => {
  if (!isJsonObject(value)) return undefined
  const { segment, index, length } = value
  if ((segment !== null && typeof segment !== 'string') || !isCount(index) || !isCount(length)) return undefined
  return { segment, index, length }
}

const isCount = (value: Json | undefined): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
