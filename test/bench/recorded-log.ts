/** The log of a workflow as it happens: five tasks in a row, each offered to a robot, accepted, done, its output checked. */
import { parseDefinition } from '@holdfast/shared/definition'
import { type Result, workflowIdOf } from '@holdfast/shared/values'
import { type Command, decide, isTerminal, type LogEntry, type WorkflowState, wanted } from '@holdfast/shared/workflow'

const DEFINITION = `
name: five-tasks
version: 1
title: Five tasks
steps:
  receive: {type: task, capability: carry, validate: output.done}
  check: {type: task, capability: inspect, validate: output.done}
  pick: {type: task, capability: pick, validate: output.done}
  pack: {type: task, capability: pack, validate: output.done}
  ship: {type: task, capability: carry, validate: output.done}
links:
  - {from: receive, to: check}
  - {from: check, to: pick}
  - {from: pick, to: pack}
  - {from: pack, to: ship}
`
const HOME = 'bench'
const KEY = 'recorded'
const WORKFLOW = workflowIdOf(HOME, KEY)
const ROBOT = 'robot-7'
const PAUSE_MS = 1_000

export const recordLog = (): readonly LogEntry[] => {
  const definition = orThrow(parseDefinition(DEFINITION))
  const log: LogEntry[] = []
  let state: WorkflowState | undefined
  let wall = 0
  const put = (command: Command): WorkflowState => {
    wall += PAUSE_MS
    const decided = orThrow(decide(definition, WORKFLOW, state, command, { now: { wall, monotonic: wall }, by: ROBOT }))
    log.push(...decided.entries)
    state = decided.state
    return state
  }
  const creation = {
    home: 'bench',
    key: 'recorded',
    definition: definition.hash,
    title: 'Recorded',
    priority: 'normal',
    input: {},
  } as const
  for (let now = put({ type: 'create', ...creation }); !isTerminal(now.status); ) {
    const [offer] = wanted(definition, WORKFLOW, now).offers
    if (offer === undefined) throw new Error('an open workflow of tasks wants an agent')
    const { ref, attempt, purpose } = offer
    put({ type: 'offer', agent: ROBOT, ref, attempt, purpose })
    put({ type: 'attempt-accepted', ref, attempt, purpose })
    now = put({ type: 'attempt-succeeded', output: { done: true, weightGrams: 1_200 }, ref, attempt, purpose })
  }
  return log
}

const orThrow = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
