/** What is put in about a home as a whole; it goes into the home's own document. */
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { DECIDED } from './answers.ts'
import type { Core } from './core.ts'
import { noteAtHome } from './home-notes.ts'
import type { Answer, HandOverInput, PresenceInput, ResetInput } from './inputs.ts'
import { releasedPut } from './leases/lease-rows.ts'
import { presenceEvents } from './roster.ts'
import type { Turn } from './turn.ts'

type HomeTurn = Pick<Turn, 'now' | 'rosters' | 'admission' | 'put'>

export const notePresence = (core: Core, turn: HomeTurn, { home, presence }: PresenceInput): Result<Answer, Refusal> => {
  if (!core.authority.isAuthority(home)) return ok({ ...DECIDED, replayed: true })
  const noted = noteAtHome(core, turn, home, presence.agent, (roster) => presenceEvents(roster, presence))
  return noted.ok ? ok(DECIDED) : noted
}

export const resetBreaker = (core: Core, turn: HomeTurn, { home, breaker, by }: ResetInput): Result<Answer, Refusal> => {
  if (!core.authority.isAuthority(home)) return err(refusal('give-up', 'not-the-authority', `Only ${home} resets its breakers.`))
  turn.admission.breakers.reset(home, breaker, by)
  return ok(DECIDED)
}

/** In one commit: the last event of the epoch, and that this node knows it holds it no more. */
export const handOver = (core: Core, turn: HomeTurn, { home, epoch, to, by }: HandOverInput): Result<Answer, Refusal> => {
  const noted = noteAtHome(core, turn, home, by, () => [{ type: 'handed-over', epoch, to }])
  if (!noted.ok) return noted
  turn.put(releasedPut(home, epoch))
  return ok(DECIDED)
}
