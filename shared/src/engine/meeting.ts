/** All parties of a barrier go on, or none: who has left meanwhile is missed by the others, and they are counted anew. */
import type { Command } from '../workflow/command.ts'
import { isAtBarrier } from '../workflow/sync.ts'
import { DECIDED } from './answers.ts'
import type { Answer, MeetInput } from './inputs.ts'
import type { Unit } from './unit.ts'
import type { Units } from './units.ts'

export const meet = (units: Units, { parties }: MeetInput, put: (unit: Unit | undefined, command: Command, by: string) => void): Answer => {
  if (!parties.every((party) => isAtBarrier(units.peek(party.workflow)?.state, party.ref, party.position)))
    return { ...DECIDED, replayed: true }
  for (const { workflow, ref, position } of parties)
    put(units.peek(workflow), { type: 'barrier-met', step: ref, position, arrived: parties.length }, 'barrier')
  return DECIDED
}
