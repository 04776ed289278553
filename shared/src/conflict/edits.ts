/**
 * What becomes of an edit that was lost over another of the same field (CON-4). One wins, the same on every replica, and both are on record.
 * Where that is not harmless, a domain rule on `edit` asks a person, who sees to it that the field is as it should be.
 */
import type { Json } from '../values/json.ts'
import type { Clash } from '../workflow/event.ts'
import { ASK } from '../workflow/note-conflict.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { ofRule } from './concurrent-decisions.ts'
import { plainWorkflow } from './plain.ts'
import type { RuleShelf } from './rules/shelf.ts'

/** One edit was lost over another, as the document tells; `cameLast`: what was kept is what came with the update. */
export interface LostEdit {
  readonly field: string
  readonly kept: string
  readonly lost: string
  readonly cameLast: boolean
}

export const CONCURRENT_EDITS = 'concurrent-edits'

/** @param peer who sent what came with the update; `home` is where the other was written or last known */
export const judgeEdit = (
  rules: RuleShelf | undefined,
  {
    workflow,
    state,
    edit,
    peer,
  }: { readonly workflow: string; readonly state: WorkflowState; readonly edit: LostEdit; readonly peer: string },
): { readonly clash: Clash; readonly about: Json } => {
  const { field, kept, lost, cameLast } = edit
  const hit = rules?.ask('edit', { workflow: plainWorkflow(workflow, state), field, kept, lost })
  const settles = hit === undefined || (hit.error === undefined && hit.by.rule.resolve.includes('keep'))
  const error = hit?.error === undefined ? '' : ` Rule ${hit.by.rule.id} could not be evaluated (rule-error: ${hit.error}).`
  const [here, there] = [`known at ${state.home}`, `sent by ${peer}`]
  const clash: Clash = {
    kind: 'data',
    ...(hit === undefined ? { rule: CONCURRENT_EDITS, version: 1, severity: 'info' } : ofRule(hit)),
    parties: [`${field} “${kept}”, ${cameLast ? there : here}`, `${field} “${lost}”, ${cameLast ? here : there}`],
    inputs: { field, kept, lost },
    outcomes: [
      { option: 'keep', effect: 'none', consequence: `The ${field} is “${kept}”, on every node.` },
      { option: 'write-again', effect: 'none', consequence: `Somebody writes the ${field} anew, who knows of both.` },
    ],
    choice: settles ? 'keep' : ASK,
    ...(settles ? { strategy: 'keep' } : {}),
    explanation: `Two wrote the ${field} without seeing each other: “${kept}” is kept, the same everywhere, and “${lost}” is lost.${error}${settles ? '' : ' A person is asked whether that will do.'}`,
  }
  return { clash, about: [field, kept, lost, state.length] }
}
