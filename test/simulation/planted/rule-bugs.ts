/** Wrong rules in the place of the core's. */
import { RULES } from '@holdfast/shared/engine'
import { ok } from '@holdfast/shared/values'
import { attemptOf, isTerminal } from '@holdfast/shared/workflow'
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

/** Going back also undoes a step that was cancelled before anybody did it. */
const undoesTheUndone: Plant = {
  name: 'compensation of a step that never completed',
  rules: {
    decide: (definition, workflow, state, command, context) => {
      const decided = RULES.decide(definition, workflow, state, command, context)
      if (!decided.ok || state?.turnedBack !== undefined || decided.value.state.turnedBack === undefined) return decided
      const after = decided.value.state
      const ref = after.steps.findIndex((step) => step.status === 'cancelled' && attemptOf(definition, step, 'compensate') !== undefined)
      if (ref < 0 || isTerminal(after.status)) return decided
      const entry = { at: after.lastAt, by: context.by, event: { type: 'compensating', ref } } as const
      return ok({ entries: [...decided.value.entries, entry], state: RULES.evolve(after, entry) ?? after })
    },
  },
}

export const ruleBugs: readonly Plant[] = [forgottenMark, openGuard, lateResultApplied, undoesTheUndone]
