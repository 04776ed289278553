/** Logs of workflows as they happen: tasks in a row, each offered to a robot, accepted, done, its output checked. */
import { parseDefinition } from '@holdfast/shared/definition'
import { type Result, workflowIdOf } from '@holdfast/shared/values'
import { type Command, decide, isTerminal, type LogEntry, type WorkflowState, wanted } from '@holdfast/shared/workflow'

/** Tasks in a row, of five kinds. */
const definitionOf = (tasks: number): string => {
  const ids = Array.from({ length: tasks }, (_, n) => `task-${n}`)
  const steps = ids.map((id, n) => `  ${id}: {type: task, capability: ${CAPABILITIES[n % CAPABILITIES.length]}, validate: output.done}`)
  const links = ids.slice(1).map((id, n) => `  - {from: ${ids[n]}, to: ${id}}`)
  return `name: tasks\nversion: 1\ntitle: Tasks\nsteps:\n${steps.join('\n')}\nlinks:\n${links.join('\n')}\n`
}
const CAPABILITIES = ['carry', 'inspect', 'pick', 'pack', 'carry']
const HOME = 'bench'
const KEY = 'recorded'
const WORKFLOW = workflowIdOf(HOME, KEY)
const ROBOT = 'robot-7'
const PAUSE_MS = 1_000

/** What each turn wrote. */
export const recordTurns = (tasks: number): readonly (readonly LogEntry[])[] => {
  const definition = orThrow(parseDefinition(definitionOf(tasks)))
  const turns: (readonly LogEntry[])[] = []
  let state: WorkflowState | undefined
  let wall = 0
  const put = (command: Command): WorkflowState => {
    wall += PAUSE_MS
    const decided = orThrow(decide(definition, WORKFLOW, state, command, { now: { wall, monotonic: wall }, by: ROBOT }))
    turns.push(decided.entries)
    state = decided.state
    return state
  }
  const creation = { home: HOME, key: KEY, definition: definition.hash, title: 'Recorded', priority: 'normal', input: {} } as const
  for (let now = put({ type: 'create', ...creation }); !isTerminal(now.status); ) {
    const [offer] = wanted(definition, WORKFLOW, now).offers
    if (offer === undefined) throw new Error('an open workflow of tasks wants an agent')
    const { ref, attempt, purpose } = offer
    put({ type: 'offer', agent: ROBOT, ref, attempt, purpose })
    put({ type: 'attempt-accepted', ref, attempt, purpose })
    now = put({ type: 'attempt-succeeded', output: { done: true, weightGrams: 1_200 }, ref, attempt, purpose })
  }
  return turns
}

export const recordLog = (): readonly LogEntry[] => recordTurns(5).flat()

const orThrow = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
