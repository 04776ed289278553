/**
 * What people write that drives nothing: title, labels and notes. It needs nobody's decision, so it is taken on every node (CON-4).
 *
 * A guest is a program that speaks plain Yjs. The first client id that nobody has used is its user's from then on, durably and in this
 * document; somebody else's is refused by the guard.
 */
import { setTitle } from '../document/index.ts'
import type { Rights } from '../document/rights.ts'
import { isGuest } from '../values/node-number.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { DECIDED, NO_SUCH_WORKFLOW, staleness } from './answers.ts'
import type { Core } from './core.ts'
import type { Answer, EditInput, TextInput } from './inputs.ts'
import type { Turn } from './turn.ts'
import type { Unit } from './unit.ts'

/** Whose a guest's client id is in a document: ⟨workflow⟩.⟨client id⟩ → { by }. */
export const GUESTS = 'guests'

/** More than this nobody types at once; a paste that is larger is refused. */
export const MAX_TEXT_UPDATE_BYTES = 64 * 1024

export const guestKey = (workflow: string, client: number): string => `${workflow}.${client}`

export const editTitle = (core: Core, turn: Turn, { workflow, title, expected }: EditInput): Result<Answer, Refusal> => {
  const unit = core.units.peek(workflow)
  const stale = staleness(unit, expected)
  return stale === undefined ? writeTitle(core, turn, unit, title) : err(stale)
}

export const writeTitle = (core: Core, turn: Turn, unit: Unit | undefined, title: string): Result<Answer, Refusal> => {
  if (unit === undefined) return err(NO_SUCH_WORKFLOW)
  const written = setTitle(unit.replica, title)
  if (!written.ok) return written
  unit.keep(written.value, core.author.node)
  turn.touch(unit)
  return ok(DECIDED)
}

export const takeText = (core: Core, turn: Turn, input: TextInput): Result<Answer, Refusal> => {
  const { workflow, by, update, clients, claimed } = input
  const unit = core.units.peek(workflow)
  if (unit === undefined) return err(NO_SUCH_WORKFLOW)
  const taken = claimed.find((client) => !isGuest(client) || unit.replica.knows(client))
  if (taken !== undefined) return err(refusal('fix-request', 'foreign-client', `Client id ${taken} is another's: load the document anew.`))
  const judged = core.rules.judgeUpdate(unit.replica, update, rightsOf(clients))
  if (!judged.ok) return judged
  if (!judged.value.hasNews) return ok({ ...DECIDED, replayed: true })
  // Named as touched before the copy changes: whatever goes wrong from here on, that copy is dropped.
  turn.touch(unit)
  unit.replica.apply(update)
  unit.keep(update, core.author.node)
  for (const client of claimed) turn.put({ collection: GUESTS, key: guestKey(workflow, client), value: { by } })
  return ok(DECIDED)
}

const rightsOf = (guests: ReadonlySet<number>): Rights => ({
  nodes: new Set(),
  guests,
  authority: false,
  mayPropose: false,
  mayWriteText: true,
  maxBytes: MAX_TEXT_UPDATE_BYTES,
})
