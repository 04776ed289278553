/**
 * What goes wrong without anybody deciding anything: more is held than there is, and promised ends that can't be met (CON-1). Looked for once
 * in a turn, after everything was let begin that may; what is found is put into the logs it is about, in this same turn.
 */
import { partiesOf } from '../conflict/across.ts'
import { judgeDeadline, judgeWindow } from '../conflict/deadlines.ts'
import { type Holding, judgeOverbooked } from '../conflict/overbooked.ts'
import { RuleShelf } from '../conflict/rules/shelf.ts'
import type { Instant } from '../values/instant.ts'
import { parseTaskId, specOf, stepName } from '../workflow/attempt.ts'
import type { Act } from '../workflow/command.ts'
import { isOpenConflict } from '../workflow/conflicts-settled.ts'
import type { Conflict, WorkflowState } from '../workflow/state.ts'
import { isSettled, isTerminal } from '../workflow/status.ts'
import type { Core } from './core.ts'
import type { Unit } from './unit.ts'
import type { Waiting } from './waiting.ts'

export interface Frictions {
  readonly core: Pick<Core, 'units' | 'catalogue' | 'admission' | 'dispatch' | 'authority' | 'domainRules'>
  readonly now: Instant
  /** Workflows that this turn has moved. */
  readonly moved: Iterable<Unit>
  readonly waiting: readonly Waiting[]
  readonly put: (workflow: string, act: Act) => void
}

const NO_RULES = new RuleShelf()

export const lookForFrictions = (desk: Frictions): void => {
  for (const unit of desk.moved) {
    lookAtDeadline(desk, unit)
    closeMoot(desk, unit)
  }
  for (const each of desk.waiting) lookAtWindow(desk, each)
  lookAtHoldings(desk)
}

const lookAtDeadline = ({ core, now, put }: Frictions, { id, home, state }: Unit): void => {
  if (state?.deadline === undefined || !core.authority.isAuthority(home)) return
  const definition = core.catalogue.byHash(state.definition)
  const found = definition && judgeDeadline(core.domainRules, definition, { workflow: id, state }, now.wall)
  if (found !== undefined) put(id, { type: 'conflict', ...found })
}

/** A question nobody has answered, and nobody needs to any more: what it was about has ended, or moved on. */
const closeMoot = ({ core, put }: Frictions, { id, home, state }: Unit): void => {
  if (state === undefined || !core.authority.isAuthority(home)) return
  for (const conflict of state.conflicts) {
    if (conflict.id === undefined || !isOpenConflict(conflict) || !isMoot(conflict, state)) continue
    put(id, { type: 'conflict-over', conflict: conflict.id, option: 'over', comment: 'what it was about has moved on' })
  }
}

/** What data conflicts are about has been done, and can still be undone by whoever is asked. */
const isMoot = ({ kind, step, inputs }: Conflict, state: WorkflowState): boolean => {
  if (kind === 'data' || partiesOf(inputs) !== undefined) return false
  if (isTerminal(state.status)) return true
  const status = step === undefined ? undefined : state.steps[step]?.status
  return status !== undefined && isSettled(status)
}

const lookAtWindow = ({ core, put }: Frictions, { workflow, begin, pool }: Waiting): void => {
  const state = core.units.peek(workflow)?.state
  const definition = state && core.catalogue.byHash(state.definition)
  const step = state?.steps[begin.ref]
  if (state === undefined || definition === undefined || step === undefined) return
  const deadline = step.deadline?.breachAt ?? state.deadline?.breachAt
  if (deadline === undefined) return
  const holders = core.admission.ledger.holders(pool).map(({ id, name }) => ({ name, until: untilOf(core, id) }))
  const beginBy = deadline - (specOf(definition, step).spec.takesMs ?? 0)
  const { ref, attempt } = begin
  const window = { step: stepName(definition, step), ref, attempt, resource: pool, beginBy, holders }
  const found = judgeWindow(core.domainRules, { workflow, state }, window)
  if (found !== undefined) put(workflow, { type: 'conflict', ...found })
}

/** When an attempt will have ended, by what its definition says it takes; at once where it says nothing. */
const untilOf = (core: Frictions['core'], task: string): number => {
  const parsed = parseTaskId(task)
  const state = parsed && core.units.peek(parsed.workflow)?.state
  const definition = state && core.catalogue.byHash(state.definition)
  const step = parsed && state?.steps[parsed.name.ref]
  if (definition === undefined || step === undefined) return 0
  const { takesMs } = specOf(definition, step).spec
  return takesMs === undefined ? 0 : step.since + takesMs
}

const lookAtHoldings = ({ core, put }: Frictions): void => {
  const rules = core.domainRules ?? NO_RULES
  for (const { resource, capacity, tasks } of [...overfullPools(core), ...overloadedAgents(core)]) {
    const holders = tasks.flatMap(({ id, amount }) => holdingOf(core, id, amount))
    const home = core.units.peek(holders[0]?.workflow ?? '')?.home
    if (home === undefined) continue
    for (const { workflow, clash, about } of judgeOverbooked(rules, { home, resource, capacity, holders }))
      put(workflow, { type: 'conflict', clash, about })
  }
}

/** Shares and places at work are pools as well; what is taken there is nobody's but this node's own. */
const RESOURCE = /^[A-Za-z0-9_-]+$/
const PLACES: ReadonlySet<string> = new Set(['steps', 'workflows'])

interface Held {
  readonly resource: string
  readonly capacity: number
  readonly tasks: readonly { readonly id: string; readonly amount: number }[]
}

const overfullPools = ({ admission: { ledger } }: Frictions['core']): readonly Held[] =>
  ledger
    .overfull()
    .filter((pool) => RESOURCE.test(pool) && !PLACES.has(pool))
    .map((resource) => ({ resource, capacity: ledger.capacity(resource) ?? 0, tasks: ledger.holders(resource) }))

const overloadedAgents = ({ dispatch }: Frictions['core']): readonly Held[] =>
  dispatch
    .agents()
    .filter(({ tasks, capacity }) => tasks.length > capacity)
    .map(({ id, capacity, tasks }) => ({ resource: `agent ${id}`, capacity, tasks: tasks.map((task) => ({ id: task, amount: 1 })) }))

const holdingOf = (core: Frictions['core'], task: string, amount: number): readonly Holding[] => {
  const parsed = parseTaskId(task)
  const state = parsed && core.units.peek(parsed.workflow)?.state
  const definition = state && core.catalogue.byHash(state.definition)
  const step = parsed && state?.steps[parsed.name.ref]
  if (parsed === undefined || state === undefined || definition === undefined || step === undefined) return []
  const { workflow, name } = parsed
  const { key, priority } = state
  const { ref, attempt } = name
  return [{ workflow, key, step: stepName(definition, step), ref, attempt, priority, since: step.since, amount }]
}
