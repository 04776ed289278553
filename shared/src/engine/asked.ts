/**
 * What people are asked by the workflows of a node: reviews, approvals, and steps that failed for good. One row for each workflow that asks
 * anything, written in the commit that moves it, so that the question "what waits for me?" needs no workflow to be read.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import { answersOf, isAsked } from '../workflow/answers-wanted.ts'
import { stepName } from '../workflow/attempt.ts'
import { deadLetters } from '../workflow/dead-letter.ts'
import type { WorkflowState } from '../workflow/state.ts'

export const ASKED = 'asked'

export type Asked = {
  readonly kind: 'review' | 'approval' | 'dead-letter'
  readonly ref: number
  readonly step: string
  readonly since: number
  /** Of reviews and approvals. */
  readonly queue?: string
  readonly error?: { readonly code: string; readonly message: string }
  /** Of approvals. */
  readonly role?: string
  readonly needed?: number
  readonly given?: readonly string[]
  /** Of dead letters: how often it was tried. */
  readonly attempts?: number
}

export type AskedRow = {
  readonly workflow: string
  readonly facility: string
  readonly key: string
  readonly title: string
  readonly definition: string
  readonly items: readonly Asked[]
}

/** Nothing where nobody is asked anything. */
export const askedRow = (definition: CompiledDefinition, workflow: string, state: WorkflowState, title: string): AskedRow | undefined => {
  const items = [...questions(definition, state), ...letters(definition, state)]
  return items.length === 0 ? undefined : { workflow, facility: state.home, key: state.key, title, definition: state.name, items }
}

const questions = (definition: CompiledDefinition, { steps }: WorkflowState): readonly Asked[] => {
  const asked: Asked[] = []
  // Each commit passes here, over all steps of a workflow of which mostly none is asked about.
  steps.forEach((step, ref) => {
    if (isAsked(step)) for (const each of answersOf(definition, step, ref)) asked.push({ ...each, ...errorOf(step.error) })
  })
  return asked
}

const letters = (definition: CompiledDefinition, state: WorkflowState): readonly Asked[] => {
  if (!state.steps.some(({ status }) => status === 'failed')) return []
  return deadLetters(definition, state).flatMap((ref): readonly Asked[] => {
    const step = state.steps[ref]
    if (step === undefined) return []
    const { since, attempt } = step
    return [{ kind: 'dead-letter', ref, step: stepName(definition, step), since, attempts: attempt, ...errorOf(step.error) }]
  })
}

const errorOf = (error: { readonly code: string; readonly message: string } | undefined): Pick<Asked, 'error'> =>
  error === undefined ? {} : { error: { code: error.code, message: error.message } }

/** Rows come back from a store as JSON; one written by this projection is recognised by its members. */
export const isAskedRow = (row: Json | undefined): row is AskedRow =>
  isJsonObject(row) && typeof row.workflow === 'string' && typeof row.facility === 'string' && Array.isArray(row.items)
