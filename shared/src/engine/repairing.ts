/** The inputs by which a document that two ends hold differently is healed (healing.ts). */
import { homeDocumentOf } from '../values/ids.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { DECIDED, NO_SUCH_WORKFLOW } from './answers.ts'
import type { Core } from './core.ts'
import type { Answer, DiscardInput, RepairInput } from './inputs.ts'
import type { Turn } from './turn.ts'

/** A Yjs update without items and deletions: it takes its turn in the feed, and says nothing. */
export const NO_CHANGE = new Uint8Array([0, 0])

export class Mending {
  /** Documents that can't be read and are given up, to be given back by a peer. */
  readonly discarded: string[] = []
}

export const mend = (core: Core, turn: Turn, input: RepairInput | DiscardInput): Result<Answer, Refusal> => {
  if (input.kind === 'repair') return repair(core, turn, input)
  turn.mending.discarded.push(input.document)
  return ok(DECIDED)
}

/** A delta is no news to this node: it is only written into the feed, for whoever lacks it. */
const repair = (core: Core, turn: Turn, { home, document, update }: RepairInput): Result<Answer, Refusal> => {
  if (document === homeDocumentOf(home)) {
    const roster = core.units.peekRoster(home)
    if (roster === undefined) return err(NO_SUCH_WORKFLOW)
    roster.keep(update, core.author.node)
    turn.rosters.add(roster)
    return ok(DECIDED)
  }
  const unit = core.units.peek(document)
  if (unit === undefined || unit.home !== home) return err(NO_SUCH_WORKFLOW)
  unit.keep(update, core.author.node)
  turn.touched.add(unit)
  return ok(DECIDED)
}
