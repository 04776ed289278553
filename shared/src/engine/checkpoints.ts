/**
 * What a checkpoint holds beside the log (PER-4): the state at that moment, who had which task, and what was taken of resources. Written in
 * the commit that makes the checkpoint; a row goes when the state forgets its checkpoint.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Put, Removal } from '../ports/store.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import { isKeptApart, referenceTo } from '../values/reference.ts'
import { attemptOf, purposeOf, stepName, taskId } from '../workflow/attempt.ts'
import type { Checkpoint, StepState, WorkflowState } from '../workflow/state.ts'

export const CHECKPOINTS = 'checkpoints'

export type CheckpointRow = {
  readonly name: string
  readonly at: number
  readonly position: number
  readonly state: Json
  readonly agents: readonly { readonly agent: string; readonly step: string; readonly task: string; readonly status: string }[]
  readonly resources: readonly { readonly resource: string; readonly amount: number; readonly step: string }[]
}

export const checkpointKey = (workflow: string, position: number): string => `${workflow}/${String(position).padStart(10, '0')}`

/** Rows to write and to remove when a decision has led from one state to the other. */
export const checkpointRows = (
  definition: CompiledDefinition,
  workflow: string,
  before: WorkflowState | undefined,
  after: WorkflowState,
): { readonly puts: readonly Put[]; readonly removals: readonly Removal[] } => {
  const known = before?.checkpoints ?? []
  const made = after.checkpoints.filter(({ position }) => !known.some((old) => old.position === position))
  const gone = known.filter(({ position }) => !after.checkpoints.some((kept) => kept.position === position))
  return {
    puts: made.map((checkpoint) => ({
      collection: CHECKPOINTS,
      key: checkpointKey(workflow, checkpoint.position),
      value: checkpointRow(definition, workflow, checkpoint, after),
    })),
    removals: gone.map(({ position }) => ({ collection: CHECKPOINTS, key: checkpointKey(workflow, position) })),
  }
}

/** The same drawn from a state on its own, wherever its row isn't kept. */
export const checkpointRow = (
  definition: CompiledDefinition,
  workflow: string,
  { name, at, position }: Pick<Checkpoint, 'name' | 'at' | 'position'>,
  state: WorkflowState,
): CheckpointRow => ({
  name,
  at,
  position,
  state: inShort(state),
  agents: state.steps.flatMap((step, ref) => assignmentOf(definition, workflow, step, ref)),
  resources: state.steps.flatMap((step) => allocationsOf(definition, step)),
})

const VALUES: ReadonlySet<string> = new Set(['input', 'output', 'payload', 'element'])

/** Large values by reference: they stay with the log. */
const inShort = (state: WorkflowState): Json =>
  JSON.parse(
    JSON.stringify(state, (name, value: Json | undefined) =>
      VALUES.has(name) && value !== undefined && isKeptApart(value) ? referenceTo(value) : value,
    ),
  )

const isAtWork = ({ status, phase }: StepState): boolean => {
  const where = status === 'compensating' ? phase : status
  return where === 'offered' || where === 'running'
}

const assignmentOf = (definition: CompiledDefinition, workflow: string, step: StepState, ref: number): CheckpointRow['agents'] => {
  if (step.agent === undefined || !isAtWork(step)) return []
  const task = taskId(workflow, { ref, attempt: step.attempt, purpose: purposeOf(step) })
  return [{ agent: step.agent, step: stepName(definition, step), task, status: step.status }]
}

const allocationsOf = (definition: CompiledDefinition, step: StepState): CheckpointRow['resources'] => {
  const needs = isAtWork(step) ? attemptOf(definition, step, purposeOf(step))?.spec.needs : undefined
  return (needs ?? []).map(({ resource, amount }) => ({ resource, amount, step: stepName(definition, step) }))
}

export const isCheckpointRow = (row: Json | undefined): row is CheckpointRow =>
  isJsonObject(row) && typeof row.name === 'string' && typeof row.position === 'number' && Array.isArray(row.agents)
