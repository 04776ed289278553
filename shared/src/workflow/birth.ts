/**
 * States at their beginning. Every member has its place from the first, also those that mean something only later: so all states have one
 * shape, and copying one at each event costs a fraction of what copying many shapes does.
 */
import type { EventOf, LogEntry } from './event.ts'
import { LinkSet } from './link-set.ts'
import type { StepState, WorkflowState } from './state.ts'

export const pendingStep = (spec: number, since: number, position: number): StepState => ({
  spec,
  item: undefined,
  parent: undefined,
  status: 'pending',
  phase: undefined,
  attempt: 0,
  answered: undefined,
  answeredBefore: undefined,
  lastForward: undefined,
  lastUndo: undefined,
  doneBefore: undefined,
  failures: 0,
  agent: undefined,
  offered: undefined,
  element: undefined,
  input: undefined,
  output: undefined,
  error: undefined,
  since,
  position,
  begun: undefined,
  notBefore: undefined,
  dueAt: undefined,
  awaits: undefined,
  resource: undefined,
  completion: undefined,
  items: undefined,
  doneLate: undefined,
})

export const bornState = (event: EventOf<'created'>, { at, by }: LogEntry): WorkflowState => ({
  status: 'pending',
  home: event.home,
  key: event.key,
  definition: event.definition,
  name: event.name,
  version: event.version,
  title: event.title,
  priority: event.priority,
  input: event.input,
  output: undefined,
  createdAt: at,
  createdBy: by,
  startedAt: undefined,
  endedAt: undefined,
  reopenedAt: undefined,
  lastAt: at,
  steps: Array.from({ length: event.steps }, (_, spec) => pendingStep(spec, at, 0)),
  sent: LinkSet.EMPTY,
  completions: 0,
  open: event.steps,
  late: [],
  turnedBack: undefined,
  signals: [],
  followUps: [],
  conflicts: [],
  verdicts: [],
  marks: {},
  length: 1,
})
