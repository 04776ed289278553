/** Writing into a home's own document, within a turn. */
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { WorkflowEvent } from '../workflow/event.ts'
import type { Core } from './core.ts'
import { foldRoster, type Roster } from './roster.ts'
import type { Turn } from './turn.ts'

/** @param eventsOf what is new, by what the document tells already */
export const noteAtHome = (
  core: Core,
  turn: Pick<Turn, 'now' | 'rosters'>,
  home: string,
  by: string,
  eventsOf: (roster: Roster | undefined) => readonly WorkflowEvent[],
): Result<void, Refusal> => {
  const unit = core.units.peekRoster(home)
  if (unit === undefined) return err(refusal('ask-person', 'home-unreadable', `The document of ${home} can't be read.`))
  for (const event of eventsOf(unit.state)) {
    const entry = { at: Math.max(turn.now.wall, unit.state?.lastAt ?? 0), by, event }
    unit.stage([entry], foldRoster(unit.state, entry))
    turn.rosters.add(unit)
  }
  return ok(undefined)
}
