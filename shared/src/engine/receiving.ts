/**
 * A run of updates that a peer sent: each passes the guard and is applied and kept, or is refused by itself; the cursor moves with
 * them in the same commit (SYN-3). At the authority the proposals among them are judged at once, elsewhere the log is folded on.
 *
 * A document new to this node must show by its creation that its id is the peer's home's own. Else whoever speaks first could hold the
 * id of another home's workflow, and keep that home's own out for ever.
 */
import { judgeEdit } from '../conflict/edits.ts'
import { applyAndCompare, type LostEdit } from '../document/index.ts'
import type { Refused } from '../link/index.ts'
import { homeDocumentOf, isWorkflowId, workflowIdOf } from '../values/ids.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { DECIDED, foreignHome } from './answers.ts'
import type { Core } from './core.ts'
import { CURSORS, refusalRow } from './cursors.ts'
import type { Answer, ReceivedInput } from './inputs.ts'
import { judgeWaiting } from './judging.ts'
import { judgeBranches } from './judging-branches.ts'
import { creationOf } from './projections.ts'
import type { Roster } from './roster.ts'
import type { Turn } from './turn.ts'
import type { Unit } from './unit.ts'

export const receive = (core: Core, turn: Turn, input: ReceivedInput): Result<Answer, Refusal> => {
  const { peer, home, generation, from, to, updates } = input
  const key = `${peer}/${home}`
  const cursor = turn.cursors.get(key) ?? core.cursorOf(key)
  const stands = cursor?.generation === generation ? cursor.sequence : 0
  if (stands !== from) return err(refusal('retry-later', 'cursor-moved', `The feed of ${home} is held up to ${stands}, not ${from}.`))
  const rejected: Refused[] = []
  const news = new Map<Unit, LostEdit[]>()
  for (const { document, sequence, update } of updates) {
    const refused = place(core, turn, input, document, update, news)
    if (refused !== undefined) rejected.push({ document, sequence, refusal: refused })
  }
  for (const [unit, lost] of news) {
    const misnamed = takeNews(core, turn, unit)
    if (misnamed === undefined && core.authority.isAuthority(home)) noteLost(core, turn, unit, peer, lost)
    if (misnamed === undefined) continue
    for (const { document, sequence } of updates) if (document === unit.id) rejected.push({ document, sequence, refusal: misnamed })
  }
  for (const unit of turn.rosters) {
    noteEpoch(core, unit)
    assertFolded(unit)
  }
  for (const each of rejected) turn.put(refusalRow(peer, { home, generation, ...each }))
  turn.cursors.set(key, { generation, sequence: to })
  turn.put({ collection: CURSORS, key, value: { generation, sequence: to } })
  return ok({ ...DECIDED, rejected })
}

type From = Pick<ReceivedInput, 'peer' | 'home'>

const place = (
  core: Core,
  turn: Turn,
  from: From,
  document: string,
  update: Uint8Array,
  news: Map<Unit, LostEdit[]>,
): Refusal | undefined => {
  const roster = document === homeDocumentOf(from.home) ? core.units.peekRoster(from.home) : undefined
  if (roster !== undefined) {
    turn.rosters.add(roster)
    return apply(core, roster, from, update)
  }
  const paper = core.units.papers?.peek(document)
  if (paper !== undefined) return core.units.papers?.take(core, turn, paper, from, update)
  if (!isWorkflowId(document)) return refusal('fix-request', 'bad-document-id', `${document} names no document of ${from.home}.`)
  const gone = core.units.goneAmong(document)
  if (gone !== undefined) return gone
  const unit = core.units.peek(document) ?? turn.begin(document, from.home)
  // Named as touched before its copy changes: whatever goes wrong from here on, that copy is dropped.
  turn.touched.add(unit)
  const lost = news.get(unit) ?? []
  const refused = apply(core, unit, from, update, lost)
  if (refused === undefined) news.set(unit, lost)
  return refused
}

const apply = (
  core: Core,
  unit: Unit | Unit<Roster>,
  { peer, home }: From,
  update: Uint8Array,
  lost: LostEdit[] = [],
): Refusal | undefined => {
  if (unit.home !== home) return foreignHome(unit)
  const judged = core.rules.judgeUpdate(unit.replica, update, core.rightsOf(peer, home))
  if (!judged.ok) return judged.error
  if (!judged.value.hasNews) return undefined
  lost.push(...applyAndCompare(unit.replica, update))
  unit.keep(update, peer)
  return undefined
}

/** Of two who wrote one field apart, one is lost in the document, and neither on record. */
const noteLost = (core: Core, turn: Turn, unit: Unit, peer: string, lost: readonly LostEdit[]): void => {
  for (const edit of lost) {
    if (unit.state === undefined) return
    turn.act(unit, { type: 'conflict', ...judgeEdit(core.domainRules, { workflow: unit.id, state: unit.state, edit, peer }) }, 'authority')
  }
}

/** What the news lead to; a document that turns out not to be its home's is dropped again, and the reason given. */
const takeNews = (core: Core, turn: Turn, unit: Unit): Refusal | undefined => {
  noteEpoch(core, unit)
  // A document that was given up and is given back has a version, and is new all the same.
  const isNew = unit.state === undefined
  if (assertFolded(unit) && core.authority.isAuthority(unit.home)) turn.adopted.add(unit)
  if (isNew && !isOfItsHome(unit)) {
    turn.touched.delete(unit)
    core.units.evict(unit.id)
    return refusal('fix-request', 'wrong-id', `${unit.id} holds no creation at ${unit.home} that leads to this id.`)
  }
  if (core.authority.isAuthority(unit.home)) {
    judgeBranches(core, turn, unit)
    judgeWaiting(core, turn, unit)
  }
  turn.touch(unit)
  return undefined
}

/** Who sees the log go on under a higher epoch than its own knows that its own is over. */
const noteEpoch = ({ authority }: Core, { home, replica }: Unit | Unit<Roster>): void => {
  const epoch = replica.log.chain().at(-1)?.segment.epoch ?? 0
  if (epoch > authority.epochOf(home)) authority.heard?.(home, epoch)
}

const isOfItsHome = (unit: Unit): boolean => {
  const begun = unit.state ?? creationOf(unit)
  return begun?.home === unit.home && workflowIdOf(begun.home, begun.key) === unit.id
}

/** What the guard let pass can be folded; if not, or if this turn has decided already without it, the turn must not be written. */
const assertFolded = (unit: Unit | Unit<Roster>): boolean => {
  const folded = unit.foldNews()
  if (!folded.ok) throw new Error(`${unit.id}: ${folded.error.message}`)
  return folded.value
}
