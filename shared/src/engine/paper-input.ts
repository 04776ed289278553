/** An edit of a catalogue or plan, as it is put into a turn. */
import type { Edit, Paper, PaperName } from '../document/paper/index.ts'
import { type Refusal, refusal } from '../values/refusal.ts'

/** Somebody edits a catalogue or plan. */
export interface PaperInput {
  readonly kind: 'paper'
  readonly paper: PaperName
  readonly edit: Omit<Edit, 'at' | 'isFacilitys'>
  /** Create: it must be new. Else it must be there. */
  readonly isNew: boolean
  /** The version its author had seen, for who wants no merging: another one refuses it with `stale-version`. */
  readonly seen?: string
}

export const NO_SUCH_PAPER = refusal('fix-request', 'no-such-plan', 'There is no such plan here.')

/** Why it can't be made of the paper as it stands. */
export const refuseEdit = (paper: Pick<Paper, 'isEmpty' | 'version' | 'name'>, { isNew, seen }: PaperInput): Refusal | undefined => {
  if (isNew && !paper.isEmpty) return refusal('fix-request', 'key-reused', 'A plan of this key exists already.')
  if (!isNew && paper.isEmpty && paper.name.kind === 'plan') return NO_SUCH_PAPER
  return seen === undefined || seen === paper.version
    ? undefined
    : refusal('fix-request', 'stale-version', 'It has moved on since that version.')
}
