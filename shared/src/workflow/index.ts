export { attemptOf, parseTaskId, purposeOf, specOf, stepName, taskId } from './attempt.ts'
export { type CodecContext, decodeEntry, EMPTY_CONTEXT, encodeEntry, eventLayouts } from './codec.ts'
export type { Act, AttemptName, Command, Decision, Fact } from './command.ts'
export { drawConsequences } from './consequences.ts'
export { type DecideContext, type Decided, decide } from './decide.ts'
export { describeEvent } from './describe.ts'
export { Draft, evaluateMapping } from './draft.ts'
export type {
  Awaited,
  ConflictRecord,
  EventOf,
  EventType,
  KnownEvent,
  LogEntry,
  Purpose,
  StepError,
  UnknownEvent,
  Verdict,
  WorkflowEvent,
} from './event.ts'
export { evolve } from './evolve.ts'
export { explain, explainStep } from './explain.ts'
export { DECISION_TABLE, type LifecycleEvent, legalDecisions, STEP_TABLE, type StepEvent, WORKFLOW_TABLE } from './lifecycle.ts'
export { type LinkState, linkState } from './links.ts'
export { PLAIN_NODE } from './node-context.ts'
export { type Progress, progress, statusPath } from './path.ts'
export { pastPointOfNoReturn } from './point-of-no-return.ts'
export { PROPOSABLE, type Proposable, parseProposable } from './proposal.ts'
export type { FollowUp, StepState, TurnedBack, WorkflowState } from './state.ts'
export {
  type ActivityPath,
  isSettled,
  isTerminal,
  STATUS_PATHS,
  STEP_STATUSES,
  type StatusPath,
  type StepStatus,
  WORKFLOW_STATUSES,
  type WorkflowStatus,
} from './status.ts'
export { inputOf } from './step-wants.ts'
export { turnBack } from './turn-back.ts'
export type { Wanted, WantedBarrier, WantedCall, WantedChild, WantedOffer, WantedStart, WantedTask, WantedWait } from './want.ts'
export { wanted } from './wanted.ts'
