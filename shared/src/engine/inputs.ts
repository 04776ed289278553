/** What can be put into a turn (E1). Each gets one answer, after the commit. */

import type { Consistency } from '../definition/schema-consistency.ts'
import { type PaperName, paperNamed } from '../document/paper/kinds.ts'
import type { FeedUpdate, Refused } from '../link/index.ts'
import { isWorkflowId } from '../values/ids.ts'
import type { Decision, Fact } from '../workflow/command.ts'
import type { Proposable } from '../workflow/proposal.ts'
import type { Party } from './barriers.ts'
import { idIn } from './due-key.ts'
import type { PaperInput } from './paper-input.ts'
import type { Presence } from './roster.ts'

/** A decision or fact about one workflow. Decided here if this node is the home's authority, else written down as a proposal. */
export interface WillInput {
  readonly kind: 'will'
  readonly workflow: string
  readonly home: string
  readonly command: Decision | Fact
  readonly by: string
  readonly reason: string
  /** The log the caller had seen; another one refuses it with `stale-version`. */
  readonly expected?: { readonly length: number; readonly head: string }
  /** What the caller asks of this answer, instead of what the workflow is decided under. */
  readonly consistency?: Consistency
  /** A new title, set in the same commit. */
  readonly title?: string
  /** Own numbering for proposals that must be made once only, whatever restarts: ⟨journal, 1⟩. */
  readonly journal?: string
}

/** Title only: harmless wherever it is written, so it needs nobody's decision (CON-4). */
export interface EditInput {
  readonly kind: 'edit'
  readonly workflow: string
  readonly home: string
  readonly title: string
  readonly by: string
  readonly expected?: WillInput['expected']
}

/** What a program that speaks plain Yjs wrote into notes or fields, under client ids that are its user's. */
export interface TextInput {
  readonly kind: 'text'
  readonly workflow: string
  readonly by: string
  readonly update: Uint8Array
  /** The client ids of this user; those seen for the first time stand in `claimed` as well. */
  readonly clients: ReadonlySet<number>
  readonly claimed: readonly number[]
}

/** Time has passed for one workflow. */
export interface TickInput {
  readonly kind: 'tick'
  readonly workflow: string
}

/** Proposals that wait in a document are judged again: after a restart, or when a definition became known. */
export interface JudgeInput {
  readonly kind: 'judge'
  readonly workflow: string
}

/** A run of updates from a peer, whole groups in feed order, and the position in the peer's feed they lead to. */
export interface ReceivedInput {
  readonly kind: 'received'
  readonly peer: string
  readonly home: string
  readonly generation: string
  /** Where the durable cursor must stand for this to be taken; elsewhere another session was faster. */
  readonly from: number
  readonly to: number
  readonly updates: readonly FeedUpdate[]
}

/** An agent came, went or changed: for the home document. */
export interface PresenceInput {
  readonly kind: 'presence'
  readonly home: string
  readonly presence: Presence
}

/** All parties of a barrier have arrived. */
export interface MeetInput {
  readonly kind: 'meet'
  readonly parties: readonly Party[]
}

/** Nothing but dispatching: agents came, freed themselves or lost a lease. */
export interface DispatchInput {
  readonly kind: 'dispatch'
}

/** A person says that what failed has been seen to. */
export interface ResetInput {
  readonly kind: 'reset-breaker'
  readonly home: string
  readonly breaker: string
  readonly by: string
}

/** A home's authority ends its epoch: the last it writes. */
export interface HandOverInput {
  readonly kind: 'hand-over'
  readonly home: string
  readonly epoch: number
  readonly to: string
  readonly by: string
}

/** Ended workflows to be put away, by their rows (retired.ts). */
export interface RetireInput {
  readonly kind: 'retire'
  readonly archive: readonly string[]
  readonly erase: readonly string[]
}

/** What a peer lacks of a document, written into the feed again. */
export interface RepairInput {
  readonly kind: 'repair'
  readonly home: string
  readonly document: string
  readonly update: Uint8Array
}

/** A document that can't be read is given up; a peer that holds it gives it back. */
export interface DiscardInput {
  readonly kind: 'discard'
  readonly home: string
  readonly document: string
}

export type Input =
  | RetireInput
  | RepairInput
  | DiscardInput
  | PaperInput
  | WillInput
  | EditInput
  | TextInput
  | TickInput
  | JudgeInput
  | ReceivedInput
  | PresenceInput
  | ResetInput
  | HandOverInput
  | MeetInput
  | DispatchInput

export interface ProposalName {
  readonly journal: string
  readonly n: number
}

export interface Answer {
  /**
   * `proposed`: written down durably, to be judged by the authority. `unknown`: decided and written down here, and it is not known whether
   * the hub has it; asked again under the same key it is answered with what became of it.
   */
  readonly outcome: 'decided' | 'proposed' | 'unknown'
  /** By which its verdict will be known. */
  readonly proposal?: ProposalName
  /** Nothing changed: it had all happened before. */
  readonly replayed: boolean
  /** Updates a peer sent that were refused, each with the reason; the rest was taken. */
  readonly rejected: readonly Refused[]
}

/** What only the node that runs a workflow can know of it. */
const OWN_NEWS: ReadonlySet<string> = new Set(['follow-up-started', 'child-ended', 'barrier-met'])

export const isProposable = (command: Decision | Fact): command is Proposable => !('ref' in command || OWN_NEWS.has(command.type))

/** Documents an input needs in memory before it can be taken. */
export const documentsOf = (input: Input): readonly string[] => {
  switch (input.kind) {
    case 'will':
    case 'edit':
    case 'text':
    case 'tick':
    case 'judge':
      return [input.workflow]
    case 'received':
      return input.updates.flatMap(({ document }) => (paperNamed(document, input.home) === undefined ? [document] : []))
    case 'meet':
      return input.parties.map(({ workflow }) => workflow)
    case 'retire':
      return input.erase.map(idIn)
    case 'repair':
      return isWorkflowId(input.document) ? [input.document] : []
    case 'presence':
    case 'paper':
    case 'reset-breaker':
    case 'hand-over':
    case 'dispatch':
    case 'discard':
      return []
  }
}

const NEEDS_HOME: ReadonlySet<Input['kind']> = new Set(['presence', 'received', 'reset-breaker', 'repair', 'hand-over'])

/** Homes whose own document an input may touch. */
export const homesOf = (input: Input): readonly string[] => ('home' in input && NEEDS_HOME.has(input.kind) ? [input.home] : [])

/** Papers an input may touch. */
export const papersOf = (input: Input): readonly PaperName[] => {
  if (input.kind === 'paper') return [input.paper]
  return input.kind === 'received' ? input.updates.flatMap(({ document }) => paperNamed(document, input.home) ?? []) : []
}
