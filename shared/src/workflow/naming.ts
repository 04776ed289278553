/** From the name of a step, as people write it, to its number: `pick`, or `pick/2` for the third item of a map. */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { StepState, WorkflowState } from './state.ts'

const MAX_NAMED = 20

export interface NamedStep {
  readonly ref: number
  readonly step: StepState
}

export const stepNamed = (definition: CompiledDefinition, state: WorkflowState, name: string): Result<NamedStep, Refusal> => {
  const [id = '', item] = name.split('/')
  const outer = definition.numberOf.get(id)
  const ref = outer === undefined || item === undefined ? outer : itemOf(state, outer, item)
  const step = ref === undefined ? undefined : state.steps[ref]
  if (ref !== undefined && step !== undefined) return ok({ ref, step })
  const names = [...definition.numberOf.keys()].slice(0, MAX_NAMED).join(', ')
  return err(refusal('fix-request', 'no-such-step', `There is no step ${name}. There are: ${names}.`))
}

const itemOf = ({ steps }: WorkflowState, map: number, item: string): number | undefined => {
  const items = steps[map]?.items
  const place = /^(0|[1-9]\d{0,5})$/.test(item) ? Number(item) : Number.POSITIVE_INFINITY
  return items !== undefined && place < items.count ? items.first + place : undefined
}
