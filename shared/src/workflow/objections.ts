/**
 * Who may object to a decision that the table allows (SM-4): the guards of the definition, which are data and hold on every node, and the
 * hooks of the node that decides. The first objection refuses it, with its reason; nothing has changed.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import type { Decision } from './command.ts'
import type { Draft } from './draft.ts'
import type { Transition } from './node-context.ts'

export const objection = (draft: Draft, decision: Decision, from: Transition['from']): Refusal | undefined =>
  guardAgainst(draft, decision) ?? vetoAgainst(draft, decision, from)

/** A guard that can't be evaluated does not hold: what was to be prevented must not happen because of a mistake in the rule. */
const guardAgainst = (draft: Draft, decision: Decision): Refusal | undefined => {
  for (const { spec, require } of draft.definition.guards) {
    if (spec.on !== decision.type) continue
    const holds = require.evaluate(draft.variables({ by: draft.by, status: draft.state.status, stage: draft.state.stage ?? null }))
    if (holds.ok && holds.value === true) continue
    const why = holds.ok ? spec.reason : `${spec.reason} (\`${spec.require}\`: ${holds.error})`
    return refusal('fix-request', 'guarded', why, { guard: spec.require })
  }
  return undefined
}

const vetoAgainst = ({ node, workflow, state, by }: Draft, decision: Decision, from: Transition['from']): Refusal | undefined => {
  const { home, name: definition } = state
  const why = node.veto({ workflow, home, definition, decision: decision.type, from, by })
  return why === undefined ? undefined : refusal('ask-person', 'vetoed', why)
}
