/** Who holds what steps wait for, at this moment: the log says who did when they began to wait, and holders change. */
import type { Engine } from '../engine/engine.ts'
import type { Unit } from '../engine/unit.ts'
import type { WorkflowState } from '../workflow/state.ts'

export const withShortagesNow = (engine: Engine, unit: Unit, state: WorkflowState): WorkflowState => {
  const { begins = [], offers = [] } = engine.wantedBy(unit) ?? {}
  const shortages = new Map(
    [...begins, ...offers].flatMap((begin) => {
      const shortage = engine.admission.shortageNow(unit.id, begin)
      return shortage === undefined ? [] : [[begin.ref, shortage] as const]
    }),
  )
  if (shortages.size === 0) return state
  return { ...state, steps: state.steps.map((step, ref) => ({ ...step, shortage: shortages.get(ref) ?? step.shortage })) }
}
