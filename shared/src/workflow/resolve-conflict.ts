/** A person chooses (CON-2): one answer settles it, and whoever comes later is told who had chosen what. */
import { type Refusal, refusal } from '../values/refusal.ts'
import type { Resolve } from './command.ts'
import { type CarryOut, carryOutEffect } from './conflict-effect.ts'
import { isOpenConflict } from './conflicts-settled.ts'
import type { Draft } from './draft.ts'
import type { ConflictOption } from './event.ts'
import type { Conflict } from './state.ts'

export const resolveConflict = (draft: Draft, choice: Resolve, carryOut: CarryOut): Refusal | undefined => {
  const conflict = draft.state.conflicts.find(({ id }) => id === choice.conflict)
  if (conflict === undefined) return refusal('fix-request', 'no-such-conflict', 'There is no such conflict in this workflow.')
  if (!isOpenConflict(conflict)) return isRepeated(draft, conflict, choice) ? undefined : settledBefore(conflict)
  const option = conflict.outcomes?.find(({ option }) => option === choice.option)
  const refused = refusedFor(conflict, choice, option)
  if (refused !== undefined || option === undefined) return refused
  draft.emit({ type: 'conflict-settled', conflict: choice.conflict, option: choice.option, comment: choice.comment })
  return carryOutEffect(draft, conflict, option.effect, choice.comment === '' ? conflict.explanation : choice.comment, carryOut)
}

const isRepeated = ({ by }: Draft, { settled }: Conflict, { option }: Resolve): boolean => settled?.option === option && settled.by === by

const settledBefore = ({ choice, settled }: Conflict): Refusal => {
  const how = settled === undefined ? `by its rule, to ${choice}` : `by ${settled.by}, who chose ${settled.option}`
  return refusal('give-up', 'already-settled', `It was settled ${how}.`)
}

const refusedFor = (conflict: Conflict, { option: chosen, roles }: Resolve, option: ConflictOption | undefined): Refusal | undefined => {
  const { role, options } = conflict
  if (role !== undefined && !roles.includes(role))
    return refusal('ask-person', 'role-required', `It is settled by whoever is ${role}, and nobody else.`)
  if (option !== undefined) return undefined
  return refusal('fix-request', 'no-such-option', `${chosen} is none of its options: ${options.join(', ')}.`, { options: [...options] })
}
