/**
 * Two wills about one thing, neither of whose authors had seen the other (CON-1, CON-4). A proposal's author had seen the log up to its
 * basis; what people decided after that, and about the same, is what it meets.
 *
 *   refused because of it      the one admitted first stands: it has had consequences in the world
 *   would overwrite it         the later one counts, as with any register with one last writer; the earlier is not lost from the record
 */
import type { Json } from '../values/json.ts'
import type { LogEntry, WorkflowEvent } from '../workflow/event.ts'
import type { Proposable } from '../workflow/proposal.ts'

export interface Standing {
  /** Its place in the log, from 1. */
  readonly position: number
  readonly entry: LogEntry
}

/** What a decision is about; nothing where any number of them go together. */
const subjectOf = (content: Proposable): string | undefined => {
  switch (content.type) {
    case 'set-priority':
      return 'priority'
    case 'pause':
    case 'resume':
    case 'cancel':
    case 'terminate':
    case 'rollback':
    case 'restore':
    case 'retry':
    case 'undo':
    case 'recover':
      return 'course'
    case 'review':
    case 'approve':
    case 'discard':
      return `step ${content.step}`
    case 'resolve':
      return `conflict ${content.conflict}`
    case 'migrate':
      return 'definition'
    case 'enter-stage':
      return 'stage'
    case 'create':
    case 'checkpoint':
    case 'signal':
    case 'step-settled-elsewhere':
    case 'collision':
      return undefined
  }
}

/** What an event decided, where somebody's will is in it. */
const decidedBy = (event: WorkflowEvent, nameOf: (ref: number) => string): string | undefined => {
  switch (event.type) {
    case 'priority-set':
      return 'priority'
    case 'paused':
    case 'resumed':
    case 'reopened':
      return 'course'
    case 'turned-back':
      return event.outcome === 'cancelled' || event.outcome === 'rewound' ? 'course' : undefined
    case 'reviewed':
    case 'approval-given':
    case 'discarded':
      return `step ${nameOf(event.ref)}`
    case 'conflict-settled':
      return `conflict ${event.conflict}`
    case 'migrated':
      return 'definition'
    case 'stage-entered':
      return event.reason === undefined ? undefined : 'stage'
    default:
      return undefined
  }
}

/** Taken later, it would undo what the other one set. */
const overwrites = (content: Proposable, { event }: LogEntry): boolean => {
  if (content.type === 'set-priority') return event.type === 'priority-set' && event.priority !== content.priority
  if (content.type === 'enter-stage') return event.type === 'stage-entered' && event.stage !== content.stage
  return content.type === 'migrate' && event.type === 'migrated' && event.definition !== content.definition
}

/** They wanted the same, so there is nothing to settle. */
const agrees = (content: Proposable, { event }: LogEntry): boolean => {
  switch (content.type) {
    case 'pause':
      return event.type === 'paused'
    case 'resume':
      return event.type === 'resumed'
    case 'cancel':
      return event.type === 'turned-back' && event.outcome === 'cancelled'
    case 'approve':
      return event.type === 'approval-given' && event.approved === content.approved
    case 'review':
      return event.type === 'reviewed' && event.answer === content.answer
    case 'resolve':
      return event.type === 'conflict-settled' && event.option === content.option
    case 'discard':
      return event.type === 'discarded'
    default:
      return false
  }
}

/** In whose name a node writes what follows by itself: nobody's will. */
const NOBODY: ReadonlySet<string> = new Set(['authority', 'clock', 'limits', 'rules', 'barrier', 'engine'])

/**
 * The last decision that the proposal meets.
 * @param missed what its author had not seen, and how many entries stood before
 * @param taken whether it could be carried out as things stand
 */
export const meets = (
  { content, by, taken }: { readonly content: Proposable; readonly by: string; readonly taken: boolean },
  missed: { readonly from: number; readonly entries: () => readonly LogEntry[] },
  nameOf: (ref: number) => string,
): Standing | undefined => {
  const subject = subjectOf(content)
  if (subject === undefined) return undefined
  const entries = missed.entries()
  const place = entries.findLastIndex((entry) => entry.by !== by && !NOBODY.has(entry.by) && decidedBy(entry.event, nameOf) === subject)
  const entry = entries[place]
  if (entry === undefined || agrees(content, entry) || (taken && !overwrites(content, entry))) return undefined
  return { position: missed.from + place + 1, entry }
}

/** An entry as a rule sees it, and as the record keeps it. */
export const plainEntry = ({ position, entry }: Standing): Json => JSON.parse(JSON.stringify({ position, ...entry }))
