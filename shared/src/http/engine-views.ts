/** From a document in memory to what the API shows of it: a detail, now or at any event, and the history as sentences. */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { waitingProposals } from '../document/index.ts'
import type { Catalogue } from '../engine/catalogue.ts'
import type { AgentView as ConnectedAgent } from '../engine/dispatch.ts'
import { creationOf } from '../engine/projections.ts'
import type { Roster } from '../engine/roster.ts'
import { summarize } from '../engine/summary.ts'
import type { Unit } from '../engine/unit.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import { specOf, stepName } from '../workflow/attempt.ts'
import { coderOf } from '../workflow/codec.ts'
import { describeEvent } from '../workflow/describe.ts'
import type { WorkflowEvent } from '../workflow/event.ts'
import { explainStep } from '../workflow/explain.ts'
import { linkState } from '../workflow/links.ts'
import { stepsGivenUp } from '../workflow/retriable.ts'
import { isEnding } from '../workflow/scope.ts'
import type { StepState, WorkflowState } from '../workflow/state.ts'
import { inputOf } from '../workflow/step-wants.ts'
import type { HistoryPage, When } from './node-api.ts'
import type { AgentView, HistoryEntry, LinkView, ProposalView, StepView, WorkflowDetail, WorkflowSummary } from './views.ts'

export interface Moment {
  readonly state: WorkflowState | undefined
  readonly length: number
}

/** The state after that many events, or after the last event not later than that moment. */
export const stateAt = (unit: Unit, when: When): Moment | undefined => {
  let reached: Moment | undefined
  for (const { entry, state } of unit.replay()) {
    const length = (reached?.length ?? 0) + 1
    if ('position' in when ? length > when.position : entry.at > when.at) break
    reached = { state, length }
  }
  return reached
}

export type Held = NonNullable<WorkflowDetail['held']>

/** Since when, is told beside the sentence, for the reader's clock. */
export const withHeld = (explain: string, held: Held | undefined): string =>
  held === undefined ? explain : `${explain} Waiting for the hub to acknowledge it before the world sees ${held.effects} of its effects.`

interface DetailParts {
  /** Of the present. */
  readonly summary: WorkflowSummary
  readonly unit: Unit
  readonly at: Moment
  readonly catalogue: Catalogue
  readonly policy: WorkflowDetail['policy']
  /** What the policy keeps from the world at present. */
  readonly held: Held | undefined
}

export const detailOf = ({ summary, unit, at: { state, length }, catalogue, policy, held }: DetailParts): WorkflowDetail => {
  // What only some states have must not be told of another moment.
  const { proposals: _count, stage: _stage, endedAt: _endedAt, ...present } = summary
  const proposals = proposalsOf(unit)
  const log = { length, head: length === unit.length ? unit.headHex : '' }
  if (state === undefined) {
    const input = creationOf(unit)?.input ?? null
    return { ...present, input, steps: [], links: [], proposals, conflictList: [], verdicts: [], policy, log }
  }
  const definition = catalogue.byHash(state.definition)
  const {
    open: _open,
    waits: _waits,
    length: _length,
    head: _head,
    proposals: _of,
    title: _title,
    ...then
  } = summarize({
    id: unit.id,
    catalogue,
    state,
    proposals: proposals.length,
    length,
    head: log.head,
  })
  const error = state.turnedBack?.error
  const shown = (value: Json): Json => unit.replica.values.shown(value)
  return {
    ...present,
    ...then,
    explain: withHeld(then.explain, held),
    policy,
    ...(held === undefined ? {} : { held }),
    input: shown(state.input),
    ...(state.output === undefined ? {} : { output: shown(state.output) }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    ...(state.parent === undefined ? {} : { parent: { workflow: state.parent.workflow, step: state.parent.step } }),
    steps: definition === undefined ? [] : state.steps.map((step, ref) => stepView(definition, state, step, ref, shown)),
    links: definition === undefined ? [] : definition.links.map((link) => linkViewOf(state, link)),
    proposals,
    conflictList: state.conflicts,
    verdicts: state.verdicts,
    ...(state.checkpoints.length === 0 ? {} : { checkpoints: state.checkpoints.map(({ name, at, position }) => ({ name, at, position })) }),
    ...(definition === undefined ? {} : givenUpIn(definition, state)),
    log,
  }
}

/** A workflow on its way back, or ended by it, has given up nothing: it is undone as a whole. */
const givenUpIn = (definition: CompiledDefinition, state: WorkflowState): Pick<WorkflowDetail, 'givenUp'> => {
  const refs = isEnding(state) ? [] : stepsGivenUp(definition, state)
  const givenUp = refs.flatMap((ref) => {
    const step = state.steps[ref]
    if (step === undefined) return []
    const error = step.error === undefined ? {} : { error: { code: step.error.code, message: step.error.message } }
    return [{ step: stepName(definition, step), status: step.status, ...error }]
  })
  return givenUp.length === 0 ? {} : { givenUp }
}

const stepView = (
  definition: CompiledDefinition,
  state: WorkflowState,
  step: StepState,
  ref: number,
  shown: (value: Json) => Json,
): StepView => {
  const { spec, each } = specOf(definition, step)
  const own = step.item === undefined ? spec : (each?.spec ?? spec)
  const id = stepName(definition, step)
  const waitsFor = explainStep(definition, state, step)
  const child = state.children.findLast((each) => each.step === ref)?.workflow
  return {
    ref,
    id,
    title: own.title ?? id,
    type: own.work.type === 'executor' ? own.work.executor : own.work.type,
    status: step.status,
    attempt: step.attempt,
    since: step.since,
    ...(step.agent === undefined ? {} : { agent: step.agent }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(step.error === undefined ? {} : { error: { code: step.error.code, message: step.error.message } }),
    ...(step.status === 'pending' || step.status === 'skipped' ? {} : { input: shown(inputOf(state, step)) }),
    ...(step.output === undefined ? {} : { output: shown(step.output) }),
    ...(step.review === undefined ? {} : { review: step.review }),
    ...(step.voices === undefined ? {} : { voices: step.voices }),
    ...(step.discarded === undefined ? {} : { discarded: true }),
    ...(step.doneBefore === undefined ? {} : { doneBefore: true }),
    ...(step.parent === undefined ? {} : { parent: step.parent }),
    ...(child === undefined ? {} : { child }),
  }
}

const linkViewOf = (state: WorkflowState, link: CompiledDefinition['links'][number]): LinkView => {
  const { from, to, trigger, when } = link.spec
  const common = { from, to, trigger, state: linkState(state, link) }
  return when === undefined ? common : { ...common, when }
}

/** The roster tells who there is; the gateway itself, where they are connected, knows more of them. */
export const agentsOf = (facility: string, roster: Roster | undefined, connected: readonly ConnectedAgent[]): readonly AgentView[] =>
  [...(roster?.agents ?? [])].map(([id, { kind, capabilities, capacity, present, since }]) => {
    const known = { id, facility, kind, capabilities, capacity, present, since }
    const here = connected.find((agent) => agent.id === id)
    if (here === undefined) return known
    const { lastHeardAt, tasks, position } = here
    return { ...known, lastHeardAt, tasks, ...(position === undefined ? {} : { position }) }
  })

const proposalsOf = (unit: Unit): readonly ProposalView[] =>
  waitingProposals(unit.replica).map((one) => {
    if (one.malformed) return { journal: '?', n: 0, by: '?', at: 0, reason: '', text: 'A proposal that can not be read.' }
    const { journal, n, by, at, reason, content } = one.proposal
    return { journal, n, by, at, reason, text: `${by} proposes: ${typeOf(content)}` }
  })

const typeOf = (content: Json): string => (isJsonObject(content) && typeof content.type === 'string' ? content.type : 'something unknown')

export const historyOf = (
  unit: Unit,
  catalogue: Catalogue,
  { after, limit }: { readonly after: number; readonly limit: number },
): HistoryPage => {
  const items: HistoryEntry[] = []
  let position = 0
  for (const { entry, state } of unit.replay()) {
    position += 1
    if (position <= after || state === undefined) continue
    if (items.length === limit) return { items, next: position - 1 }
    const definition = catalogue.byHash(state.definition)
    const { at, by, event } = entry
    const step = definition === undefined ? undefined : stepOf(definition, state, event)
    const text = definition === undefined ? event.type : describeEvent(definition, state, event)
    items.push({
      position,
      at,
      by,
      node: unit.home,
      type: event.type,
      ...(step === undefined ? {} : { step }),
      text,
      data: dataOf(unit, event),
    })
  }
  return { items }
}

const stepOf = (definition: CompiledDefinition, state: WorkflowState, event: WorkflowEvent): string | undefined => {
  const step = 'ref' in event ? state.steps[event.ref] : undefined
  return step === undefined ? undefined : stepName(definition, step)
}

/** Large values as the log holds them: by reference. */
const dataOf = ({ replica }: Unit, event: WorkflowEvent): Json => {
  const { type: _, ...data }: { readonly [member: string]: Json | undefined } = event
  const shown = (value: Json): Json => replica.values.shown(value)
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) => (value === undefined ? [] : [[name, coderOf(name, shown)(value)]])),
  )
}
