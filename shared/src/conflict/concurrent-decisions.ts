/**
 * What becomes of a proposal that meets a decision its author had not seen. A domain rule on `decision` may say otherwise than what holds
 * by itself: that what stands is kept, that the later one is taken, that the more urgent of two priorities counts, or that a person chooses.
 */
import type { Json } from '../values/json.ts'
import type { Clash, EventOf } from '../workflow/event.ts'
import { ASK } from '../workflow/note-conflict.ts'
import type { Proposable } from '../workflow/proposal.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { plainEntry, type Standing } from './detect-decisions.ts'
import type { Judgeable } from './judge.ts'
import { plainWorkflow } from './plain.ts'
import type { Strategy } from './rules/rule.ts'
import type { RuleHit, RuleShelf } from './rules/shelf.ts'

export const CONCURRENT_DECISIONS = 'concurrent-decisions'

export type Choice = 'keep' | 'take' | typeof ASK

interface Meeting {
  readonly workflow: string
  readonly state: WorkflowState
  readonly proposal: Judgeable
  readonly content: Proposable
  readonly standing: Standing
  /** Why it can't be carried out as things stand, if so. */
  readonly refused?: string
}

export interface Decided {
  readonly choice: Choice
  readonly clash: Clash
}

export const decideBetween = (meeting: Meeting, rules: RuleShelf | undefined): Decided => {
  const { workflow, state, proposal, content, standing, refused } = meeting
  const proposed = proposal.content
  const seen = { workflow: plainWorkflow(workflow, state), proposed, standing: plainEntry(standing), by: proposal.by }
  const hit = rules?.ask('decision', seen)
  const settled = hit === undefined ? byItself(refused) : byRule(hit, content, standing)
  // What can't be carried out can't be taken, whatever a rule prefers.
  const choice = settled.choice === 'take' && refused !== undefined ? ASK : settled.choice
  const words = wordsOf(meeting)
  const inputs: Json = { proposed, by: proposal.by, reason: proposal.reason, seen: proposal.basisLength, standing: plainEntry(standing) }
  const clash: Clash = {
    kind: 'data',
    ...(hit === undefined ? { rule: CONCURRENT_DECISIONS, version: 1, severity: 'info' } : ofRule(hit)),
    parties: [`${words.proposed} (${proposal.reason}), who had seen ${proposal.basisLength} entries`, words.standing],
    inputs,
    outcomes: [
      { option: 'keep', effect: 'none', consequence: `${words.standing} stands.` },
      { option: 'take', effect: 'take', consequence: `${words.proposed} is carried out as well, if its state still allows it.` },
    ],
    choice,
    strategy: settled.strategy,
    explanation: `${words.proposed} met ${words.standing}, which its author had not seen. ${why(choice, settled.why, hit)}`,
  }
  return { choice, clash }
}

interface Settled {
  readonly choice: Choice
  readonly strategy: string
  readonly why: string
}

const byItself = (refused: string | undefined): Settled =>
  refused === undefined
    ? { choice: 'take', strategy: 'take', why: 'The later admitted counts.' }
    : { choice: 'keep', strategy: 'keep', why: `What was admitted first stands: ${refused}` }

const byRule = ({ by, error }: RuleHit, content: Proposable, standing: Standing): Settled => {
  const manual: Settled = { choice: ASK, strategy: 'manual', why: 'A person chooses.' }
  if (error !== undefined) return manual
  for (const strategy of by.rule.resolve) {
    const choice = BY_STRATEGY[strategy]?.(content, standing)
    if (choice !== undefined) return { choice, strategy, why: `Rule ${by.rule.id} settles it by ${strategy}.` }
  }
  return manual
}

const URGENCY: readonly string[] = ['low', 'normal', 'high', 'critical']

const BY_STRATEGY: { readonly [Name in Strategy]?: (content: Proposable, standing: Standing) => Choice | undefined } = {
  keep: () => 'keep',
  take: () => 'take',
  priority: (content, { entry: { event } }) => {
    if (content.type !== 'set-priority' || event.type !== 'priority-set') return undefined
    return URGENCY.indexOf(content.priority) > URGENCY.indexOf(event.priority) ? 'take' : 'keep'
  },
}

/** What a rule puts on record of itself; one that could not be evaluated never settles anything. */
export const ofRule = ({
  by: { rule },
}: RuleHit): Pick<EventOf<'conflict'>, 'rule' | 'queue' | 'role'> & Pick<Clash, 'version' | 'severity'> => ({
  rule: rule.id,
  version: rule.version,
  severity: rule.severity,
  ...(rule.queue === undefined ? {} : { queue: rule.queue }),
  ...(rule.role === undefined ? {} : { role: rule.role }),
})

const why = (choice: Choice, said: string, hit: RuleHit | undefined): string => {
  const error = hit?.error === undefined ? '' : `Rule ${hit.by.rule.id} could not be evaluated (rule-error: ${hit.error}). `
  return choice === ASK ? `${error}What stands, stands until a person chooses.` : `${error}${said}`
}

const wordsOf = ({
  content,
  proposal,
  standing: { entry, position },
}: Meeting): { readonly proposed: string; readonly standing: string } => ({
  proposed: `${content.type} by ${proposal.by}`,
  standing: `${entry.event.type} by ${entry.by} (entry ${position})`,
})
