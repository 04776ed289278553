/** Wrong decisions: what begins too early, too often, in the wrong order or at the wrong time. */
import type { CompiledDefinition, CompiledStep } from '@holdfast/shared/definition'
import { RULES, type Rules } from '@holdfast/shared/engine'
import { ok } from '@holdfast/shared/values'
import type { LogEntry, WorkflowState } from '@holdfast/shared/workflow'
import type { Plant } from './plant.ts'

type Decide = Rules['decide']
type Decided = ReturnType<Decide>

/** What the decision leads to from the state there really is. */
const ledFrom = (state: WorkflowState | undefined, decided: Decided, entryOf = (entry: LogEntry): LogEntry => entry): Decided => {
  if (!decided.ok || state === undefined) return decided
  const entries = decided.value.entries.map(entryOf)
  const after = entries.reduce<WorkflowState | undefined>((before, entry) => RULES.evolve(before, entry), state)
  return ok({ entries, state: after ?? state })
}

/** Decides by another definition than the one that was registered. */
const underDefinition = (change: (step: CompiledStep) => CompiledStep): Decide => {
  const changed = new WeakMap<CompiledDefinition, CompiledDefinition>()
  return (definition, ...rest) => {
    const wrong = changed.get(definition) ?? { ...definition, steps: definition.steps.map(change) }
    changed.set(definition, wrong)
    return RULES.decide(wrong, ...rest)
  }
}

const joinAtTheFirst: Plant = {
  name: 'a join that does not wait for all',
  rules: { decide: underDefinition((step) => ({ ...step, spec: { ...step.spec, join: 'any' } })) },
}

const oneAttemptMore: Plant = {
  name: 'one attempt more than the policy allows',
  rules: {
    decide: underDefinition(({ spec, ...step }) => {
      const { retry } = spec
      return { ...step, spec: { ...spec, retry: { ...retry, maxAttempts: retry.maxAttempts + 1 } } }
    }),
  },
}

const beginsWhilePaused: Plant = {
  name: 'work begun while paused',
  rules: {
    wanted: (definition, workflow, state) =>
      RULES.wanted(definition, workflow, state.status === 'paused' ? { ...state, status: 'active' } : state),
  },
}

/** The first completed step is undone first. */
const undoneFirstFirst: Plant = {
  name: 'compensation in the order of completion',
  rules: {
    decide: (definition, workflow, state, command, context) => {
      if (state === undefined) return RULES.decide(definition, workflow, state, command, context)
      const last = state.completions + 1
      const steps = state.steps.map((step) => (step.completion === undefined ? step : { ...step, completion: last - step.completion }))
      return ledFrom(state, RULES.decide(definition, workflow, { ...state, steps }, command, context))
    },
  },
}

/** A signal that comes twice is a second signal. */
const signalTwice: Plant = {
  name: 'a signal taken twice',
  rules: {
    decide: (definition, workflow, state, command, context) => {
      if (state === undefined || command.type !== 'signal') return RULES.decide(definition, workflow, state, command, context)
      return ledFrom(state, RULES.decide(definition, workflow, { ...state, signals: [] }, command, context))
    },
  },
}

const EARLY_MS = 10_000

const timersEarly: Plant = {
  name: 'timers that ring too early',
  rules: {
    decide: (definition, workflow, state, command, context) => {
      if (command.type !== 'tick') return RULES.decide(definition, workflow, state, command, context)
      const { wall, monotonic } = context.now
      const early = { ...context, now: { wall: wall + EARLY_MS, monotonic } }
      const at = Math.max(wall, state?.lastAt ?? 0)
      return ledFrom(state, RULES.decide(definition, workflow, state, command, early), (entry) => ({ ...entry, at }))
    },
  },
}

/** The log's time is whatever the wall clock says, also when that was set back. */
const timeRunsBack: Plant = {
  name: 'a log that is dated by the wall clock alone',
  weather: { jumpsPerHour: 2_000, crashesPerMinute: 2 },
  rules: {
    decide: (definition, workflow, state, command, context) =>
      ledFrom(state, RULES.decide(definition, workflow, state, command, context), (entry) => ({ ...entry, at: context.now.wall })),
  },
}

/** Once an attempt has failed, nothing wakes the workflow any more. */
const timerLost: Plant = {
  name: 'a timer lost when an attempt fails',
  rules: {
    wanted: (definition, workflow, state) => {
      const { wakeAt, ...wanted } = RULES.wanted(definition, workflow, state)
      const isLost = wakeAt === undefined || state.steps.some(({ failures }) => failures > 0)
      return isLost ? wanted : { ...wanted, wakeAt }
    },
  },
}

/** What is done again begins with its first attempt again. */
const numberedAnew: Plant = {
  name: 'attempts numbered anew after going back',
  rules: {
    evolve: (state, entry) => {
      const next = RULES.evolve(state, entry)
      const { event } = entry
      if (next === undefined || event.type !== 'rewound') return next
      return { ...next, steps: next.steps.map((step, ref) => (event.refs.includes(ref) ? { ...step, attempt: 0 } : step)) }
    },
  },
}

export const decisionBugs: readonly Plant[] = [
  joinAtTheFirst,
  oneAttemptMore,
  beginsWhilePaused,
  undoneFirstFirst,
  signalTwice,
  timersEarly,
  timeRunsBack,
  timerLost,
  numberedAnew,
]
