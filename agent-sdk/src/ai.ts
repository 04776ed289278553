/**
 * An AI agent: whatever `think` returns is a claim until `check` accepts it. A refused claim is given back with the problem, a few
 * times; then the task fails for good, and the workflow's own rules (usually a person) take over.
 */
import type { Offer } from '@holdfast/shared/agent-protocol'
import type { Json, Result } from '@holdfast/shared/values'
import { type Agent, type AgentOptions, createAgent } from './agent.ts'
import { type TaskContext, TaskFailure } from './handler.ts'

export interface Thought extends TaskContext {
  /** 1 for the first try. */
  readonly attempt: number
  /** What was wrong with the previous try's answer. */
  readonly problem?: string
}

export interface AiOptions extends Omit<AgentOptions, 'kind' | 'perform'> {
  think(task: Offer, thought: Thought): Promise<unknown>
  /** The answer as JSON of the promised shape, or what is wrong with it, in words the model can use. */
  check(task: Offer, answer: unknown): Result<Json, string>
  /** 3 unless said. */
  readonly tries?: number
}

export const ai = ({ think, check, tries = 3, ...options }: AiOptions): Promise<Agent> => {
  const perform = async (task: Offer, context: TaskContext): Promise<Json> => {
    let problem: string | undefined
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      context.signal.throwIfAborted()
      const thought: Thought = { signal: context.signal, progress: context.progress, attempt }
      const checked = check(task, await think(task, problem === undefined ? thought : { ...thought, problem }))
      if (checked.ok) return checked.value
      problem = checked.error
    }
    throw new TaskFailure('bad-answer', `No usable answer in ${tries} tries: ${problem}`, false)
  }
  return createAgent({ ...options, kind: 'ai', perform })
}
