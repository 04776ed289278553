/** What it is decided under may change while it runs. The log keeps what held before: until the hub has the change, both are in force. */
import type { Consistency } from '../definition/schema-consistency.ts'
import { canonicalJson } from '../values/json.ts'
import type { Draft } from './draft.ts'
import type { WorkflowState } from './state.ts'

const EVENTUAL: Consistency = { level: 'eventual' }

/** What a workflow of this definition is decided under, at the latest word. */
export const consistencyOf = (definition: { readonly consistency?: Consistency }, state: WorkflowState | undefined): Consistency =>
  state?.consistency?.policy ?? definition.consistency ?? EVENTUAL

export const setConsistency = (draft: Draft, policy: Consistency): undefined => {
  const before = consistencyOf(draft.definition.definition, draft.state)
  if (canonicalJson(policy) !== canonicalJson(before)) draft.emit({ type: 'consistency-set', policy, before })
}
