/**
 * `wanted(state)`: what should exist in the world (DESIGN §2.5). The only source of effects: pausing, going back, retries and
 * recovery are nothing but differences in what is wanted. Ids are made of workflow, step and attempt, so wanting twice is harmless.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { deadlineWakesAt } from '../policy/deadline.ts'
import { checkpointDueAt } from './checkpoint.ts'
import { type Drawing, drawAnew } from './drawing.ts'
import { NO_GATES } from './gates.ts'
import { isEnding } from './scope.ts'
import { runsSince, type WorkflowState } from './state.ts'
import { isTerminal } from './status.ts'
import { NOTHING, type StepWants } from './step-wants.ts'
import type {
  Wanted,
  WantedAnswer,
  WantedBarrier,
  WantedBegin,
  WantedCall,
  WantedChild,
  WantedHold,
  WantedOffer,
  WantedStart,
  WantedTask,
  WantedWait,
} from './want.ts'
import { wantedChildren } from './wanted-children.ts'

interface Gathering {
  readonly offers: WantedOffer[]
  readonly begins: WantedBegin[]
  readonly holds: WantedHold[]
  readonly tasks: WantedTask[]
  readonly calls: WantedCall[]
  readonly waits: WantedWait[]
  readonly starts: WantedStart[]
  readonly answers: WantedAnswer[]
  readonly children: readonly WantedChild[]
  readonly barriers: WantedBarrier[]
  readonly signals: string[]
  wakeAt: number
}

const nothingYet = (children: readonly WantedChild[]): Gathering => ({
  children,
  barriers: [],
  offers: [],
  begins: [],
  holds: [],
  tasks: [],
  calls: [],
  waits: [],
  starts: [],
  answers: [],
  signals: [],
  wakeAt: Number.POSITIVE_INFINITY,
})

/**
 * @param gates what the node that is to make it so limits by itself
 * @param draw how the wants of steps are found; the outcome is the same
 */
export const wanted = (
  definition: CompiledDefinition,
  workflow: string,
  state: WorkflowState,
  gates = NO_GATES,
  draw: Drawing = drawAnew,
): Wanted => {
  const all = nothingYet(wantedChildren(definition, state))
  for (const { key, definition: name, input, workflow: started } of state.followUps) {
    if (started === undefined) all.starts.push({ key, definition: name, input })
  }
  if (!isTerminal(state.status)) {
    const limitMs = definition.definition.timeoutMs
    if (limitMs !== undefined && state.startedAt !== undefined && !isEnding(state)) wake(all, runsSince(state) + limitMs)
    wake(all, checkpointDueAt(definition, state))
    wake(all, state.deadline && deadlineWakesAt(state.deadline))
    for (const wants of draw({ definition, workflow, state, gates })) if (wants !== NOTHING) gather(all, wants)
  }
  const { wakeAt, ...rest } = all
  return {
    ...rest,
    underWay: state.status !== 'pending' && !isTerminal(state.status),
    ...(state.status === 'pending' ? { opening: { priority: state.priority, since: state.createdAt } } : {}),
    ...(Number.isFinite(wakeAt) ? { wakeAt } : {}),
  }
}

const wake = (all: Gathering, at: number | undefined): void => {
  if (at !== undefined && at < all.wakeAt) all.wakeAt = at
}

const gather = (all: Gathering, { offer, begin, hold, task, call, wait, barrier, signal, answers, wakeAt }: StepWants): void => {
  if (offer !== undefined) all.offers.push(offer)
  if (begin !== undefined) all.begins.push(begin)
  if (hold !== undefined) all.holds.push(hold)
  if (task !== undefined) all.tasks.push(task)
  if (call !== undefined) all.calls.push(call)
  if (wait !== undefined) all.waits.push(wait)
  if (barrier !== undefined) all.barriers.push(barrier)
  if (signal !== undefined) all.signals.push(signal)
  if (answers !== undefined) all.answers.push(...answers)
  wake(all, wakeAt)
}
