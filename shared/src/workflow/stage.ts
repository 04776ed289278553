/**
 * Where a workflow stands in a lifecycle of its definition's own (DEF-8), and what moves it on.
 *
 *   started ──▶ the initial stage        whatever happens ──▶ is there a way out of this stage that holds? ──▶ the next, and so on
 *
 * Asked after each event. A way holds as long as its step stands so or its signal is kept, so what came early counts when its stage comes;
 * and what has led on once leads on no more. So a chain of moves is no longer than the number of steps and signals: it ends, also in a circle.
 */
import type { CompiledLifecycle, StageWay, StepStands } from '../definition/lifecycle.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import type { StageMove } from './command.ts'
import type { Draft } from './draft.ts'
import type { EventOf } from './event.ts'
import type { WorkflowState } from './state.ts'
import type { StepStatus } from './status.ts'

type Entered = EventOf<'stage-entered'>

/** The stage it is to enter now; nothing while it has not begun, after its end, and as long as no way holds. */
export const nextStage = (lifecycle: CompiledLifecycle, state: WorkflowState): Entered | undefined => {
  if (state.status !== 'active' && state.status !== 'paused') return undefined
  if (state.stage === undefined) return { type: 'stage-entered', stage: lifecycle.initial }
  for (const way of lifecycle.ways.get(state.stage) ?? []) {
    const entered = taken(way, state)
    if (entered !== undefined) return entered
  }
  return undefined
}

const taken = (way: StageWay, { steps, signals }: WorkflowState): Entered | undefined => {
  switch (way.on) {
    case 'decision':
      return undefined
    case 'step': {
      const { step, to: stage } = way
      const holds = steps[step]?.status === standing(way.is) && steps[step]?.ledOn === undefined
      return holds ? { type: 'stage-entered', stage, step } : undefined
    }
    case 'signal': {
      const signal = signals.find(({ name, ledOn }) => name === way.signal && ledOn === undefined)
      return signal && { type: 'stage-entered', stage: way.to, signal: signal.id }
    }
  }
}

/** Fails to compile when a lifecycle could ask for a status that steps don't have. */
const standing = (is: StepStands): StepStatus => is

/** Somebody moves it on. Said again, it has happened already. */
export const moveStage = (draft: Draft, { stage, reason = '' }: StageMove): Refusal | undefined => {
  const { lifecycle } = draft.definition
  const from = draft.state.stage
  if (lifecycle === undefined || from === undefined)
    return refusal('fix-request', 'no-lifecycle', 'Its definition has no lifecycle of its own.')
  if (stage === from) return undefined
  const legal = decidable(lifecycle, from)
  if (!legal.includes(stage)) return illegal(from, stage, legal)
  draft.emit({ type: 'stage-entered', stage, reason })
  return undefined
}

const illegal = (stage: string, wanted: string, legal: readonly string[]): Refusal => {
  const instead = legal.length === 0 ? 'No decision leads out of it.' : `It would lead to: ${legal.join(', ')}.`
  return refusal('fix-request', 'illegal-transition', `A decision does not lead from ${stage} to ${wanted}. ${instead}`, {
    stage,
    legal: [...legal],
  })
}

/** Where a decision leads to from a stage. */
export const decidable = (lifecycle: CompiledLifecycle, stage: string): readonly string[] =>
  (lifecycle.ways.get(stage) ?? []).flatMap(({ on, to }) => (on === 'decision' ? to : []))

/** The stage's title, or its name where it has none. */
export const stageTitle = (lifecycle: CompiledLifecycle | undefined, stage: string): string => lifecycle?.stages.get(stage)?.title ?? stage
