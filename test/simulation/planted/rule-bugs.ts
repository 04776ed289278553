/** Wrong rules in the place of the core's. */
import { RULES } from '@holdfast/shared/engine'
import { ok } from '@holdfast/shared/values'
import type { Plant } from './plant.ts'

/** The numbers of judged proposals are forgotten, so a name is given twice. */
const forgottenMark: Plant = {
  name: 'proposal mark forgotten',
  rules: {
    evolve: (state, entry) => {
      const next = RULES.evolve(state, entry)
      return next === undefined || entry.event.type !== 'verdict' ? next : { ...next, marks: {} }
    },
  },
}

/** The guard lets everything pass; the hostile peer does the rest. */
const openGuard: Plant = {
  name: 'mid-log insert accepted',
  rules: { judgeUpdate: () => ok({ hasNews: true }) },
}

/** Whatever is reported counts for the attempt in hand. */
const lateResultApplied: Plant = {
  name: 'late result applied to a step at work on another attempt',
  rules: {
    decide: (definition, workflow, state, command, context) => {
      if (command.type !== 'attempt-succeeded') return RULES.decide(definition, workflow, state, command, context)
      const attempt = state?.steps[command.ref]?.attempt ?? command.attempt
      return RULES.decide(definition, workflow, state, { ...command, attempt }, context)
    },
  },
}

/** A cancelled step is taken for a completed one. */
const undoesTheUndone: Plant = {
  name: 'compensation of a step that never completed',
  rules: {
    evolve: (state, entry) => {
      const next = RULES.evolve(state, entry)
      const { event } = entry
      if (next === undefined || event.type !== 'step-cancelled') return next
      const step = next.steps[event.ref]
      if (step?.status !== 'cancelled') return next
      const completions = next.completions + 1
      const steps = next.steps.map((each, ref) => (ref === event.ref ? { ...each, doneLate: true as const, completion: completions } : each))
      return { ...next, steps, completions }
    },
  },
}

export const ruleBugs: readonly Plant[] = [forgottenMark, openGuard, lateResultApplied, undoesTheUndone]
