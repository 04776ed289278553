/** One sentence for each kind of event, for the history that people read. */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { stepName } from './attempt.ts'
import type { EventOf, EventType, WorkflowEvent } from './event.ts'
import { stageTitle } from './stage.ts'
import type { WorkflowState } from './state.ts'

const said = (comment: string): string => (comment === '' ? '' : `: ${comment}`)

const because = (step: string | undefined, signal: string | undefined, reason = ''): string => {
  if (step !== undefined) return ` because of ${step}`
  return signal === undefined ? said(reason) : ` because of signal ${signal}`
}

const steps = (count: number): string => (count === 1 ? 'One step' : `${count} steps`)

/** What the way back leads to, for history and explanation alike. */
export const goingBack = (outcome: EventOf<'turned-back'>['outcome'], count: number): string => {
  if (outcome === 'rewound') return `Going back to do ${steps(count).toLowerCase()} again`
  if (outcome === 'given-up') return `Going back on ${steps(count).toLowerCase()} that will be given up`
  return `Going back, will end ${outcome}`
}

interface Names {
  step(ref: number): string
  stage(name: string): string
}

const SENTENCES: { readonly [Type in EventType]: (event: EventOf<Type>, names: Names) => string } = {
  created: ({ name, version, title }) => `Created from ${name} version ${version}: ${title}.`,
  started: () => 'Started.',
  paused: () => 'Paused.',
  resumed: () => 'Resumed.',
  'priority-set': ({ priority }) => `Priority set to ${priority}.`,
  'consistency-set': ({ policy, before }) => `Decided under ${policy.level} consistency from here on, no longer under ${before.level}.`,
  migrated: ({ version }) => `It goes on under version ${version} of its definition.`,
  signalled: ({ name }) => `Signal “${name}” arrived.`,
  'turned-back': ({ outcome, error, scope = [] }) => `${goingBack(outcome, scope.length)}: ${error.message}.`,
  'review-wanted': ({ ref, queue, error }, { step }) => `${queue} is asked what becomes of ${step(ref)} (${error.code}): ${error.message}.`,
  reviewed: ({ ref, answer, comment }, { step }) => `${step(ref)} was looked at, to ${answer}${said(comment)}.`,
  'approval-given': ({ ref, approved, comment }, { step }) => `${step(ref)}: ${approved ? 'approved' : 'rejected'}${said(comment)}.`,
  recovering: ({ step: ref, strategy }, { step }) => `${step(ref)} failed for good; recovering by ${strategy}.`,
  discarded: ({ ref, reason }, { step }) => `What failed at ${step(ref)} was discarded: ${reason}.`,
  'stage-entered': ({ stage, step: ref, signal, reason }, { step, stage: title }) =>
    `Entered “${title(stage)}”${because(ref === undefined ? undefined : step(ref), signal, reason)}.`,
  checkpointed: ({ name }) => `Checkpoint “${name}”.`,
  rewound: ({ refs }) => `${steps(refs.length)} will be done again.`,
  'given-up': ({ refs }) => `${steps(refs.length)} given up; it goes on without.`,
  reopened: ({ reason }) => `Taken up again: ${reason}.`,
  completed: () => 'Completed.',
  failed: () => 'Failed.',
  cancelled: () => 'Cancelled.',
  'step-ready': ({ ref }, { step }) => `${step(ref)} is ready.`,
  'step-skipped': ({ ref }, { step }) => `${step(ref)} is not needed.`,
  'step-cancelled': ({ ref }, { step }) => `${step(ref)} was cancelled.`,
  'resource-awaited': ({ ref, resource, shortage }, { step }) =>
    `${step(ref)} waits for ${resource}${shortage === undefined ? '' : ` (${shortage})`}.`,
  'fanned-out': ({ ref, items }, { step }) => `${step(ref)} fanned out over ${items.length} items.`,
  'items-resumed': ({ ref }, { step }) => `${step(ref)} goes on with its items.`,
  offered: ({ ref, attempt, agent }, { step }) => `${step(ref)} was offered to ${agent} (attempt ${attempt}).`,
  declined: ({ ref, reason }, { step }) => `The offer of ${step(ref)} was declined: ${reason}.`,
  running: ({ ref, attempt }, { step }) => `${step(ref)} began (attempt ${attempt}).`,
  validating: ({ ref }, { step }) => `The output of ${step(ref)} is being checked.`,
  'step-succeeded': ({ ref }, { step }) => `${step(ref)} succeeded.`,
  'attempt-failed': ({ ref, attempt, error }, { step }) => `Attempt ${attempt} of ${step(ref)} failed (${error.code}): ${error.message}.`,
  'step-failed': ({ ref, error }, { step }) => `${step(ref)} failed for good (${error.code}): ${error.message}.`,
  stopped: ({ ref }, { step }) => `${step(ref)} was stopped.`,
  compensating: ({ ref }, { step }) => `${step(ref)} is being undone.`,
  compensated: ({ ref }, { step }) => `${step(ref)} was undone.`,
  'compensation-failed': ({ ref, error }, { step }) => `${step(ref)} could not be undone (${error.code}): ${error.message}.`,
  'late-result': ({ ref, attempt, succeeded }, { step }) =>
    `A late report on attempt ${attempt} of ${step(ref)} (${succeeded ? 'done' : 'failed'}) was kept as a fact.`,
  'follow-up-wanted': ({ definition }) => `A follow-up was asked for: ${definition}.`,
  'follow-up-started': ({ workflow }) => `The follow-up was started as ${workflow}.`,
  'child-ended': ({ step: ref, status }, { step }) =>
    `The workflow that ${step(ref)} started ${status === 'refused' ? 'could not begin' : `ended ${status}`}.`,
  conflict: ({ explanation }) => `Conflict: ${explanation}`,
  'conflict-settled': ({ option, comment }) => `A conflict was settled by a person, who chose ${option}${said(comment)}.`,
  'agent-registered': ({ agent, kind }) => `${agent} registered as ${kind}.`,
  'agent-came': ({ agent }) => `${agent} came.`,
  'agent-went': ({ agent }) => `${agent} went.`,
  'deadline-set': ({ step: ref }, { step }) => `The time promised for ${ref === undefined ? 'the whole' : step(ref)} began to run.`,
  'deadline-at-risk': ({ step: ref }, { step }) =>
    `${ref === undefined ? 'The whole' : step(ref)} may not end in the time that was promised.`,
  'deadline-breached': ({ step: ref }, { step }) =>
    `${ref === undefined ? 'The whole' : step(ref)} did not end in the time that was promised.`,
  'breaker-opened': ({ breaker }) => `${breaker} keeps failing and is not begun for a while.`,
  'breaker-half-opened': ({ breaker }) => `${breaker} is tried again.`,
  'breaker-closed': ({ breaker }) => `${breaker} is begun again as usual.`,
  'handed-over': ({ epoch, to }) => `Epoch ${epoch} ended: the home was handed over to ${to}.`,
  verdict: ({ accepted, explanation }) => `Proposal ${accepted ? 'accepted' : 'refused'}: ${explanation}`,
}

/** @param state the state after the event, in which the names of a map's items are known */
export const describeEvent = (definition: CompiledDefinition, state: WorkflowState, event: WorkflowEvent): string => {
  if (event.type === 'unknown') return `Something a newer version wrote (code ${event.code}).`
  const step = (ref: number): string => {
    const found = state.steps[ref]
    return found === undefined ? `step ${ref}` : stepName(definition, found)
  }
  return sentence(event.type, event, { step, stage: (name) => stageTitle(definition.lifecycle, name) })
}

const sentence = <Type extends EventType>(type: Type, event: EventOf<Type>, names: Names): string => SENTENCES[type](event, names)
