/**
 * The verdict on a proposal: a decision or fact written by a node that is not the authority, perhaps while cut off.
 *
 *   understood and legal                        accepted, with what it led to
 *   illegal, and its author could have known    refused with the reason
 *   illegal because of what the author could    a conflict, settled by the definition's policy, recorded with parties,
 *   not have seen (its basis misses it)         rule, options and choice; what had happened in the world is kept (CON-5)
 *
 * Pure: the same log and proposal give the same verdict on any node.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Instant } from '../values/instant.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { stepName } from '../workflow/attempt.ts'
import { decide } from '../workflow/decide.ts'
import { Draft } from '../workflow/draft.ts'
import { stepError } from '../workflow/errors.ts'
import type { Clash, LogEntry } from '../workflow/event.ts'
import { evolve } from '../workflow/evolve.ts'
import { type NodeContext, PLAIN_NODE } from '../workflow/node-context.ts'
import { ASK, noteConflict } from '../workflow/note-conflict.ts'
import { type Proposable, parseProposable } from '../workflow/proposal.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { acceptance } from './acceptance.ts'
import { type Choice, decideBetween } from './concurrent-decisions.ts'
import { meets } from './detect-decisions.ts'
import { lateCancel } from './late-cancel.ts'
import type { RuleShelf } from './rules/shelf.ts'

/** A proposal as the document carries it; `basisLength` is how many entries of the log its author had seen. */
export interface Judgeable {
  readonly journal: string
  readonly n: number
  readonly by: string
  readonly reason: string
  readonly basisLength: number
  readonly content: Json
  /** The entries that its author had not seen; read only where something may come of it. */
  readonly missed?: () => readonly LogEntry[]
}

export interface Judged {
  readonly entries: readonly LogEntry[]
  readonly state: WorkflowState
  readonly accepted: boolean
}

/**
 * @param definition the workflow's definition, as far as this node knows it
 * @returns nothing when there is neither a workflow nor a proposal to create one: there is no log to write a verdict into
 */
export const judge = (
  definition: CompiledDefinition | undefined,
  workflow: string,
  state: WorkflowState | undefined,
  proposal: Judgeable,
  now: Instant,
  node = PLAIN_NODE,
  rules?: RuleShelf,
): Judged | undefined => {
  const content = parseProposable(proposal.content)
  if (!content.ok) return refuse(state, proposal, content.error, now)
  if (definition === undefined) {
    const unknown = refusal('ask-person', 'unknown-definition', 'This node does not know the definition that the workflow is made from.')
    return refuse(state ?? stillborn(content.value, proposal, unknown, now), proposal, unknown, now)
  }
  const decided = decide(definition, workflow, state, content.value, { now, by: proposal.by, node })
  if (state !== undefined) {
    const met = meeting({ definition, workflow, state, proposal, now, node, rules }, content.value, decided)
    if (met !== undefined) return met
  }
  if (decided.ok)
    return withVerdict(decided.value, proposal, true, 'accepted', acceptance(definition, content.value, decided.value.state), now)
  if (state === undefined) return refuse(stillborn(content.value, proposal, decided.error, now), proposal, decided.error, now)
  return refuse(state, proposal, decided.error, now)
}

interface Case {
  readonly definition: CompiledDefinition
  readonly workflow: string
  readonly state: WorkflowState
  readonly proposal: Judgeable
  readonly now: Instant
  readonly node: NodeContext
  readonly rules: RuleShelf | undefined
}

/** What its author could not have seen, and what becomes of it because of that. */
const meeting = (of: Case, content: Proposable, decided: ReturnType<typeof decide>): Judged | undefined => {
  const { definition, workflow, state, proposal, now } = of
  if (proposal.basisLength >= state.length) return undefined
  const late = !decided.ok && content.type === 'cancel' ? lateCancel(definition, workflow, state, proposal, now) : undefined
  if (late !== undefined)
    return withVerdict(late.draft, proposal, late.undone, late.undone ? 'late-and-undone' : 'too-late', late.explanation, now)
  const missed = { from: proposal.basisLength, entries: proposal.missed ?? (() => []) }
  const standing = meets({ content, by: proposal.by, taken: decided.ok }, missed, (ref) => nameIn(definition, state, ref))
  if (standing === undefined) return undefined
  const refused = decided.ok ? {} : { refused: decided.error.message }
  const { choice, clash } = decideBetween({ workflow, state, proposal, content, standing, ...refused }, of.rules)
  return record(of, content, choice, clash)
}

/** The conflict comes first, so that whoever reads the log knows why what follows it was done or not. */
const record = ({ definition, workflow, state, proposal, now, node }: Case, content: Proposable, choice: Choice, clash: Clash): Judged => {
  const draft = new Draft(definition, workflow, state, now, 'authority', node)
  noteConflict(draft, clash, [proposal.journal, proposal.n])
  const explained = clash.explanation
  const taken = choice === 'take' ? decide(definition, workflow, draft.state, content, { now, by: proposal.by, node }) : undefined
  if (taken?.ok !== true) return withVerdict(draft, proposal, false, choice === ASK ? 'conflict-open' : 'conflict', explained, now)
  const entries = [...draft.entries, ...taken.value.entries]
  return withVerdict({ entries, state: taken.value.state }, proposal, true, 'accepted', explained, now)
}

const nameIn = (definition: CompiledDefinition, state: WorkflowState, ref: number): string => {
  const step = state.steps[ref]
  return step === undefined ? '' : stepName(definition, step)
}

/**
 * The verdict on a proposal from which follows what no log can hold. Nothing of its input is kept.
 * @returns nothing where `judge` gives nothing
 */
export const refuseUnwritable = (state: WorkflowState | undefined, proposal: Judgeable, why: Refusal, now: Instant): Judged | undefined => {
  const content = parseProposable(proposal.content)
  const unwritable = refusal('fix-request', 'unwritable', `What it leads to can't be written down: ${why.message}`)
  const creation = content.ok && content.value.type === 'create' ? { ...content.value, input: null } : undefined
  return refuse(state ?? (creation && stillborn(creation, proposal, unwritable, now)), proposal, unwritable, now)
}

type Progressed = { readonly entries: readonly LogEntry[]; readonly state: WorkflowState }

const withVerdict = (so: Progressed, proposal: Judgeable, isAccepted: boolean, code: string, explanation: string, now: Instant): Judged => {
  const { journal, n } = proposal
  const event = { type: 'verdict', journal, n, accepted: isAccepted, code, explanation } as const
  const entry: LogEntry = { at: Math.max(now.wall, so.state.lastAt), by: 'authority', event }
  return { entries: [...so.entries, entry], state: evolve(so.state, entry) ?? so.state, accepted: isAccepted }
}

const refuse = (so: WorkflowState | Progressed | undefined, proposal: Judgeable, why: Refusal, now: Instant): Judged | undefined => {
  if (so === undefined) return undefined
  const progressed = 'entries' in so ? so : { entries: [], state: so }
  return withVerdict(progressed, proposal, false, why.code, why.message, now)
}

/** A creation that can't be: its document still tells its author why, as a workflow that failed before its first step. */
const stillborn = (content: Proposable, proposal: Judgeable, why: Refusal, now: Instant): Progressed | undefined => {
  if (content.type !== 'create') return undefined
  const error = stepError(why.code, why.message)
  const entries: LogEntry[] = [
    { at: now.wall, by: proposal.by, event: { ...content, type: 'created', name: '?', version: 0, steps: 0 } },
    { at: now.wall, by: 'authority', event: { type: 'turned-back', outcome: 'failed', error, compensate: false } },
    { at: now.wall, by: 'authority', event: { type: 'failed' } },
  ]
  const state = entries.reduce<WorkflowState | undefined>(evolve, undefined)
  return state === undefined ? undefined : { entries, state }
}
