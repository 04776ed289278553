export { Agent, type AgentEvent, type AgentOptions, createAgent, SDK_VERSION } from './agent.ts'
export { type AiOptions, ai, type Thought } from './ai.ts'
export { type Handler, type TaskContext, TaskFailure } from './handler.ts'
export { type Human, type HumanOptions, human } from './human.ts'
export { type Journal, memoryJournal, openJournal } from './journal.ts'
export { type RobotOptions, robot } from './robot.ts'
export {
  DEFAULT_TIMING,
  holding,
  type JournalEntry,
  nextWakeAt,
  restore,
  type SessionConfig,
  type SessionEvent,
  type SessionInput,
  type SessionOutput,
  type SessionState,
  type Step,
  step,
  type Timing,
} from './session/index.ts'
