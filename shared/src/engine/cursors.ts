/**
 * What the two ends of a link must remember durably, written in the same commit as what it speaks of:
 *
 *   cursors    ⟨peer⟩/⟨home⟩ → how far that peer's feed is held here
 *   refusals   updates of a peer that were refused here, until the peer has noted the refusal
 *   rejected   updates of this node that its peer refused, with the reason, so that they are not lost silently
 */
import type { Refused, UnnotedRefusal } from '../link/index.ts'
import type { Put } from '../ports/store.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'

export const CURSORS = 'cursors'
export const REFUSALS = 'refusals'
export const REJECTED = 'rejected'

export interface PeerCursor {
  /** Of the peer's store. */
  readonly generation: string
  readonly sequence: number
}

export const parseCursor = (row: Json): PeerCursor =>
  isJsonObject(row) && typeof row.generation === 'string' && typeof row.sequence === 'number'
    ? { generation: row.generation, sequence: row.sequence }
    : { generation: '', sequence: 0 }

type At = Pick<UnnotedRefusal, 'home' | 'generation' | 'sequence'>

export const refusalKey = (peer: string, { home, generation, sequence }: At): string => `${peer}/${home}/${generation}/${sequence}`

export const refusalRow = (peer: string, refused: Refused & At): Put => {
  const { home, generation, sequence, document } = refused
  const refusal = plainRefusal(refused.refusal)
  return { collection: REFUSALS, key: refusalKey(peer, refused), value: { peer, home, generation, sequence, document, refusal } }
}

export const rejectedRow = (peer: string, rejected: UnnotedRefusal, at: number): Put => {
  const { home, generation, sequence, document } = rejected
  const refusal = plainRefusal(rejected.refusal)
  return { collection: REJECTED, key: refusalKey(peer, rejected), value: { peer, home, generation, sequence, document, refusal, at } }
}

const plainRefusal = ({ next, code, message }: Refusal): { next: Refusal['next']; code: string; message: string } => ({
  next,
  code,
  message,
})

const NEXT: ReadonlySet<Json | undefined> = new Set<Refusal['next']>(['retry-later', 'fix-request', 'ask-person', 'give-up'])
const isNext = (value: Json | undefined): value is Refusal['next'] => NEXT.has(value)

export const parseRefusalRow = (row: Json): UnnotedRefusal | undefined => {
  if (!isJsonObject(row) || !isJsonObject(row.refusal)) return undefined
  const { home, generation, sequence, document } = row
  const { next, code, message } = row.refusal
  if (typeof home !== 'string' || typeof generation !== 'string' || typeof sequence !== 'number' || typeof document !== 'string')
    return undefined
  if (!isNext(next) || typeof code !== 'string' || typeof message !== 'string') return undefined
  return { home, generation, sequence, document, refusal: { next, code, message } }
}
