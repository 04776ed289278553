/** Papers within a turn: edits made here, changes that came over the link, and the row by which each is listed. */
import { conflictsOf, historyOf, judgeChange, type Paper, settledContent } from '../document/paper/index.ts'
import type { Put } from '../ports/store.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { DECIDED, foreignHome } from './answers.ts'
import type { Core } from './core.ts'
import type { Answer } from './inputs.ts'
import { type PaperInput, refuseEdit } from './paper-input.ts'
import { PAPERS, type PaperRow } from './paper-rows.ts'
import type { PaperUnit } from './papers.ts'
import type { Turn } from './turn.ts'

export const takeEdit = (core: Core, turn: Turn, unit: PaperUnit, input: PaperInput): Result<Answer, Refusal> => {
  const refused = refuseEdit(unit.paper, input)
  if (refused !== undefined) return err(refused)
  // Named before its copy changes: whatever goes wrong from here on, that copy is dropped.
  turn.papers.add(unit)
  const isFacilitys = core.authority.isAuthority(unit.home)
  const edited = unit.paper.edit({ ...input.edit, at: turn.now.wall, isFacilitys })
  if (!edited.ok) return edited
  if (edited.value === undefined) return ok({ ...DECIDED, replayed: true })
  unit.keep(edited.value, core.author.node)
  return ok(DECIDED)
}

export interface From {
  readonly peer: string
  readonly home: string
}

export const takeChange = (core: Core, turn: Turn, unit: PaperUnit, { peer, home }: From, change: Uint8Array): Refusal | undefined => {
  if (unit.home !== home) return foreignHome(unit)
  const judged = judgeChange(unit.paper, change, core.rightsOf(peer, home))
  if (!judged.ok) return judged.error
  if (!judged.value.hasNews) return undefined
  turn.papers.add(unit)
  unit.paper.take(change)
  unit.keep(change, peer)
  return undefined
}

export const paperRow = (paper: Paper): PaperRow => {
  const { id, kind, home } = paper.name
  const content = settledContent(paper)
  const history = historyOf(paper)
  const last = history.at(-1)
  return {
    id,
    kind,
    facility: home,
    title: typeof content.title === 'string' ? content.title : `Catalogue of ${home}`,
    state: typeof content.state === 'string' ? content.state : '',
    version: paper.version,
    changedAt: last?.at ?? 0,
    changedBy: last?.by ?? '',
    changes: history.length,
    conflicts: conflictsOf(paper).length,
  }
}

export const paperPut = (unit: PaperUnit): Put => ({ collection: PAPERS, key: unit.id, value: { ...paperRow(unit.paper) } })
