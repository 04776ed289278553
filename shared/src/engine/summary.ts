/**
 * The projection of a workflow that lists, facilities and recovery stand on: one row a workflow, rebuilt from the state at each
 * commit that touched it. It can be thrown away and made again from the documents.
 */
import type { Json } from '../values/json.ts'
import { isJsonObject } from '../values/json.ts'
import { explain } from '../workflow/explain.ts'
import { activityPath, type Progress, progress, statusPath } from '../workflow/path.ts'
import { isEnding } from '../workflow/scope.ts'
import { decidable, stageTitle } from '../workflow/stage.ts'
import type { WorkflowState } from '../workflow/state.ts'
import type { ActivityPath, StatusPath } from '../workflow/status.ts'
import { waitOf } from '../workflow/step-wants.ts'
import type { WantedWait } from '../workflow/want.ts'
import type { Catalogue } from './catalogue.ts'
import { followUpProblem } from './follow-up.ts'
import { isOpen } from './standing.ts'

export const WORKFLOWS = 'workflows'

export type Summary = {
  readonly id: string
  readonly facility: string
  readonly key: string
  readonly title: string
  readonly definition: { readonly name: string; readonly version: number; readonly hash: string }
  readonly status: StatusPath
  readonly stage?: Stage
  /** Recovery takes up what is open. */
  readonly open: boolean
  readonly pending: boolean
  readonly priority: WorkflowState['priority']
  readonly progress: Progress
  readonly explain: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly endedAt?: number
  readonly proposals: number
  readonly conflicts: number
  readonly length: number
  readonly head: string
  readonly waits: readonly WantedWait[]
}

/** Where a workflow stands in its definition's own lifecycle: the stage, what its steps do meanwhile, and where a decision could lead. */
export type Stage = {
  readonly name: string
  readonly title: string
  readonly activity: ActivityPath
  readonly next: readonly string[]
}

export interface SummaryParts {
  readonly id: string
  readonly catalogue: Catalogue
  readonly state: WorkflowState
  readonly proposals: number
  readonly length: number
  readonly head: string
}

export const summarize = ({ id, catalogue, state, proposals, length, head }: SummaryParts): Summary => ({
  id,
  facility: state.home,
  key: state.key,
  title: state.title,
  definition: { name: state.name, version: state.version, hash: state.definition },
  status: statusPath(state),
  ...stageOf(catalogue, state),
  open: isOpen(state),
  pending: false,
  priority: state.priority,
  progress: progress(state),
  explain: explanationOf(catalogue, state),
  createdAt: state.createdAt,
  updatedAt: state.lastAt,
  ...(state.endedAt === undefined ? {} : { endedAt: state.endedAt }),
  proposals,
  conflicts: state.conflicts.length,
  length,
  head,
  waits: waitsOf(state),
})

/** It ends in the stage it ended in; that is shown on. */
const stageOf = (catalogue: Catalogue, state: WorkflowState): Pick<Summary, 'stage'> => {
  const { stage: name } = state
  if (name === undefined) return {}
  const lifecycle = catalogue.byHash(state.definition)?.lifecycle
  const next = lifecycle === undefined || !isOpen(state) ? [] : decidable(lifecycle, name)
  return { stage: { name, title: stageTitle(lifecycle, name), activity: activityPath(state), next } }
}

/** What waits, and which of its follow-ups never will begin: nobody else would say so. */
const explanationOf = (catalogue: Catalogue, state: WorkflowState): string => {
  const definition = catalogue.byHash(state.definition)
  const explained = definition === undefined ? unknownDefinition(state) : explain(definition, state)
  const wanted = state.followUps.filter(({ workflow }) => workflow === undefined)
  return [explained, ...wanted.flatMap((followUp) => followUpProblem(catalogue, followUp) ?? [])].join(' ')
}

const unknownDefinition = (state: WorkflowState): string =>
  state.turnedBack === undefined ? 'This node does not know its definition, only its log.' : `Failed: ${state.turnedBack.error.message}.`

const waitsOf = (state: WorkflowState): readonly WantedWait[] => {
  if (state.status !== 'active' || isEnding(state)) return []
  const waits: WantedWait[] = []
  state.steps.forEach(({ status, awaits, position }, ref) => {
    if (status === 'running' && (awaits?.kind === 'step' || awaits?.kind === 'workflow')) waits.push(waitOf(ref, position, awaits))
  })
  return waits
}

export interface Proposed {
  readonly id: string
  readonly home: string
  readonly key: string
  readonly title: string
  readonly definition: Summary['definition']
  readonly priority: WorkflowState['priority']
  readonly at: number
  readonly proposals: number
}

/** A workflow whose creation waits for its authority's answer. */
export const summarizeProposed = ({ id, home, key, title, definition, priority, at, proposals }: Proposed): Summary => ({
  id,
  facility: home,
  key,
  title,
  definition,
  status: 'pending',
  open: true,
  pending: true,
  priority,
  progress: { settled: 0, total: 0, percent: 0 },
  explain: `Proposed; waiting for ${home} to answer.`,
  createdAt: at,
  updatedAt: at,
  proposals,
  conflicts: 0,
  length: 0,
  head: '',
  waits: [],
})

/** Rows come back from a store as JSON; one written by this projection is recognised by its members. */
export const isSummary = (row: Json | undefined): row is Summary =>
  isJsonObject(row) && typeof row.id === 'string' && typeof row.status === 'string' && typeof row.open === 'boolean'
