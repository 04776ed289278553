/** A robot: one handler for each thing it can do. */
import { type Agent, type AgentOptions, createAgent } from './agent.ts'
import { type Handler, TaskFailure } from './handler.ts'

export interface RobotOptions extends Omit<AgentOptions, 'kind' | 'capabilities' | 'perform'> {
  /** Capability → how it is done; these are the capabilities it declares. */
  readonly skills: { readonly [capability: string]: Handler }
}

export const robot = ({ skills, ...options }: RobotOptions): Promise<Agent> => {
  const perform: Handler = (task, context) => {
    const skill = Object.hasOwn(skills, task.capability) ? skills[task.capability] : undefined
    if (skill === undefined) throw new TaskFailure('incapable', `No skill for ${task.capability}.`, false)
    return skill(task, context)
  }
  return createAgent({ ...options, kind: 'robot', capabilities: Object.keys(skills), perform })
}
