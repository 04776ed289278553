/**
 * `decide(definition, workflow, state, command, context)`: what a command leads to. Pure: time and actor are handed in.
 *
 * Decisions may be refused, with the reason and what would be legal instead; a refusal changes nothing. Facts never are. Either
 * way the answer holds the entries to append and the state they lead to; no entries means it had all happened before (EX-10).
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Instant } from '../values/instant.ts'
import { canonicalJson } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { carryOutAct, startWorkflow } from './acts.ts'
import { type Command, type Creation, type Decision, isAct } from './command.ts'
import { drawConsequences } from './consequences.ts'
import { promiseWorkflow } from './deadlines.ts'
import { carryOut } from './decisions.ts'
import { Draft } from './draft.ts'
import type { LogEntry } from './event.ts'
import { evolve } from './evolve.ts'
import { takeFact } from './facts.ts'
import { DECISION_TABLE } from './lifecycle.ts'
import { type NodeContext, PLAIN_NODE } from './node-context.ts'
import { objection } from './objections.ts'
import type { WorkflowState } from './state.ts'
import { tick } from './tick.ts'

export interface Decided {
  readonly entries: readonly LogEntry[]
  readonly state: WorkflowState
}

export interface DecideContext {
  readonly now: Instant
  readonly by: string
  /** The node that decides; one that adds nothing where it is not said. */
  readonly node?: NodeContext
}

export const decide = (
  definition: CompiledDefinition,
  workflow: string,
  state: WorkflowState | undefined,
  command: Command,
  context: DecideContext,
): Result<Decided, Refusal> => {
  if (command.type === 'create') return state === undefined ? create(definition, workflow, command, context) : recreate(state, command)
  if (state === undefined) return err(refusal('fix-request', 'no-such-workflow', 'There is no such workflow.'))
  const draft = new Draft(definition, workflow, state, context.now, context.by, context.node)
  if (isDecision(command)) {
    const refused = carryOut(draft, command)
    if (refused !== undefined) return err(refused)
  } else if (command.type === 'tick') tick(draft)
  else if (isAct(command)) carryOutAct(draft, command)
  else takeFact(draft, command)
  drawConsequences(draft)
  return ok({ entries: draft.entries, state: draft.state })
}

const isDecision = (command: Exclude<Command, Creation>): command is Exclude<Decision, Creation> => command.type in DECISION_TABLE.absent

const create = (
  definition: CompiledDefinition,
  workflow: string,
  command: Creation,
  { now, by, node = PLAIN_NODE }: DecideContext,
): Result<Decided, Refusal> => {
  if (workflow !== workflowIdOf(command.home, command.key)) {
    return err(refusal('fix-request', 'wrong-id', `${workflow} is not the id of key ${command.key} at ${command.home}.`))
  }
  const problems = definition.checkInput(command.input)
  if (problems.length > 0) {
    const message = `The input does not fit ${definition.definition.name}: ${problems.join('; ')}.`
    return err(refusal('fix-request', 'invalid-input', message, { errors: [...problems] }))
  }
  const { type: _, ...what } = command
  const { name, version } = definition.definition
  const event = { type: 'created', ...what, definition: definition.hash, name, version, steps: definition.steps.length } as const
  const entry = { at: now.wall, by, event }
  const born = evolve(undefined, entry)
  if (born === undefined) throw new TypeError('a created event makes a state')
  const draft = new Draft(definition, workflow, born, now, by, node)
  draft.entries.push(entry)
  const refused = objection(draft, command, 'absent')
  if (refused !== undefined) return err(refused)
  promiseWorkflow(draft)
  // A child comes with its parent's place: were it to wait for one while parents hold them all, they would wait for each other for ever.
  if (!node.gates.starts || command.parent !== undefined) startWorkflow(draft)
  drawConsequences(draft)
  return ok({ entries: draft.entries, state: draft.state })
}

/** Creating twice is creating once, if it is the same that is created. */
const recreate = (state: WorkflowState, command: Creation): Result<Decided, Refusal> => {
  const same = state.definition === command.definition && canonicalJson(state.input) === canonicalJson(command.input)
  if (same) return ok({ entries: [], state })
  return err(refusal('fix-request', 'key-reused', `Key ${command.key} already names a workflow with another definition or input.`))
}
