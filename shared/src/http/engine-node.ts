/**
 * The engine as the API sees it: one `NodeApi` for gateway and coordinator. What differs between them — who the facilities are and how
 * fresh a copy is — is handed in.
 */
import type { News } from '../engine/committed.ts'
import type { Engine } from '../engine/engine.ts'
import type { Answer } from '../engine/inputs.ts'
import { summaryOf } from '../engine/projections.ts'
import type { Reader } from '../engine/reader.ts'
import { unlessDamaged } from '../engine/rows.ts'
import type { RuleBook } from '../engine/rule-book.ts'
import type { Scheduler } from '../engine/schedules/scheduler.ts'
import type { Summary } from '../engine/summary.ts'
import type { Unit } from '../engine/unit.ts'
import type { Clock } from '../ports/clock.ts'
import { workflowIdOf } from '../values/ids.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Decision, Fact } from '../workflow/command.ts'
import type { AuthorityDesk } from './authority.ts'
import { conflictsIn, conflictsOf } from './conflicts.ts'
import { decideAt } from './deciding.ts'
import { agentsOf, detailOf, historyOf, stateAt, withHeld } from './engine-views.ts'
import { type Insight, insightOf } from './insight.ts'
import type { Library } from './library.ts'
import { limitsOf } from './limits.ts'
import type { Decided, DecideOptions, LiveEvent, NodeApi, StartRequest, Will } from './node-api.ts'
import { papersOf, sourceOf } from './papers.ts'
import { peopleOf } from './people.ts'
import { Unreadable } from './problem.ts'
import { readsOf } from './reads.ts'
import { rulesOf } from './rules.ts'
import type { Schedules } from './schedule-routes.ts'
import { withShortagesNow } from './shortages.ts'
import type { AgentView, FacilityView, HealthView, WorkflowSummary } from './views.ts'
import { WorkflowIndex } from './workflow-index.ts'

export interface Freshness {
  readonly asOf: number
  readonly behind: boolean
}

export interface EngineNodeParts {
  readonly engine: Engine
  readonly clock: Clock
  /** How fresh this node's copy of a facility's workflows is. */
  readonly freshness: (facility: string) => Freshness
  /** Answers at a demanded level. */
  readonly reader: Reader
  readonly facilities: () => readonly FacilityView[]
  /** Calls back when a facility's view may have changed. */
  readonly onFacility: (listener: (facility: FacilityView) => void) => () => void
  readonly health: () => HealthView
  readonly library: Library
  readonly rules: RuleBook
  readonly scheduler: Scheduler
  readonly authority: AuthorityDesk
}

export const createEngineNode = (parts: EngineNodeParts): NodeApi => {
  const { engine, freshness } = parts
  const insight = insightOf(engine, parts.clock, (workflow) => readable(engine, workflow))
  const viewOf = (summary: Summary): WorkflowSummary => {
    const { open: _open, length: _length, head: _head, waits: _waits, ...view } = summary
    const explain = withHeld(view.explain, engine.outlet.release.heldOf(view.id))
    return { ...view, explain, ...freshness(summary.facility), consistency: 'eventual' }
  }
  const index = new WorkflowIndex(engine)
  const decidedOf = async (workflow: string, answered: Result<Answer, Refusal>): Promise<Result<Decided, Refusal>> => {
    if (!answered.ok) return answered
    const summary = await engine.summary(workflow)
    if (summary === undefined) return err(NO_SUCH_WORKFLOW)
    const { outcome, replayed, proposal } = answered.value
    const of = proposal === undefined ? {} : { proposal }
    return ok({ outcome, workflow: viewOf(summary), ...of, ...(replayed ? { replayed } : {}) })
  }
  return {
    start: (request) => start(parts, request, decidedOf),
    decide: async (workflow, will, options) => {
      const summary = await engine.summary(workflow)
      return summary === undefined ? err(NO_SUCH_WORKFLOW) : decidedOf(workflow, await put(parts, summary, will, options))
    },
    get: async (workflow, when) => {
      const unit = await readable(engine, workflow)
      const summary = unit && summaryOf(unit, engine.catalogue)
      if (summary === undefined || unit === undefined) return undefined
      const at =
        when === undefined ? { state: unit.state && withShortagesNow(engine, unit, unit.state), length: unit.length } : stateAt(unit, when)
      if (at === undefined) return undefined
      const { catalogue, outlet } = engine
      const policy = outlet.policyOf(at.state?.definition ?? summary.definition.hash, at.state)
      const held = when === undefined ? outlet.release.heldOf(workflow) : undefined
      return detailOf({ summary: viewOf(summary), unit, at, catalogue, policy, held })
    },
    list: async (query) => {
      const { items, ...page } = await index.page(query)
      return { items: items.map(viewOf), ...page }
    },
    history: async (workflow, query) => {
      const unit = await readable(engine, workflow)
      return unit === undefined ? { items: [] } : historyOf(unit, engine.catalogue, query)
    },
    value: async (workflow, hash) => (await readable(engine, workflow))?.replica.values.find(hash),
    facilities: async () => parts.facilities(),
    agents: () => agents(parts),
    health: parts.health,
    subscribe: (listener) => subscribe(parts, insight, viewOf, listener),
    reads: readsOf(engine, parts.reader),
    insight,
    conflicts: conflictsOf(engine),
    rules: rulesOf(parts.rules),
    people: peopleOf(engine, (workflow) => readable(engine, workflow)),
    library: parts.library,
    papers: papersOf(sourceOf(engine)),
    schedules: schedulesOf(parts),
    authority: parts.authority,
    limits: limitsOf(engine, parts.clock, () => parts.facilities().map(({ id }) => id)),
  }
}

const schedulesOf = ({ scheduler, clock }: EngineNodeParts): Schedules => ({
  create: (spec, by) => scheduler.create(spec, by),
  pause: (id, paused) => scheduler.pause(id, paused),
  remove: (id) => scheduler.remove(id),
  get: (id) => scheduler.get(id),
  list: () => scheduler.list(),
  now: () => clock.now().wall,
})

const NO_SUCH_WORKFLOW = refusal('fix-request', 'no-such-workflow', 'There is no such workflow here.')

const agents = async ({ engine, facilities }: EngineNodeParts): Promise<readonly AgentView[]> => {
  const homes = facilities().map(({ id }) => id)
  const rosters = await Promise.all(homes.map(async (home) => ({ home, roster: await engine.roster(home) })))
  return rosters.flatMap(({ home, roster }) => {
    if (!roster.ok) return []
    return agentsOf(home, roster.value.state, engine.authority.isAuthority(home) ? engine.dispatch.agents() : [])
  })
}

/** A document that is there and can't be read must not look like one that is not there: its reader would begin anew. */
const readable = async (engine: Engine, workflow: string): Promise<Unit | undefined> => {
  const unit = await engine.read(workflow)
  if (!unit.ok && unit.error.code === 'gone') return undefined
  if (!unit.ok) throw new Unreadable(workflow, unit.error)
  return unit.value
}

const start = async (
  parts: EngineNodeParts,
  request: StartRequest,
  decidedOf: (workflow: string, answered: Result<Answer, Refusal>) => Promise<Result<Decided, Refusal>>,
): Promise<Result<Decided, Refusal>> => {
  const { engine, facilities } = parts
  const { facility: home, key, priority, input, by } = request
  if (!engine.authority.isAuthority(home) && !facilities().some(({ id }) => id === home)) {
    // Nobody would ever answer it, and it would look proposed for ever.
    return err(refusal('fix-request', 'unknown-facility', `No facility named ${home} is known here.`))
  }
  const known = engine.catalogue.byName(request.definition, request.version)
  if (known === undefined) {
    return err(refusal('fix-request', 'unknown-definition', `No definition named ${request.definition} is known here.`))
  }
  const workflow = workflowIdOf(home, key)
  const title = request.title ?? known.definition.title
  const command = { type: 'create', home, key, definition: known.hash, title, priority, input } as const
  const will = { kind: 'will', workflow, home, command, by, reason: 'start' } as const
  return decidedOf(workflow, await decideAt(parts, will, request.demand))
}

const put = (
  parts: EngineNodeParts,
  { id: workflow, facility: home }: Summary,
  will: Will,
  options: DecideOptions,
): Promise<Result<Answer, Refusal>> => {
  const { by, expected } = options
  const title = will.type === 'update' ? will.title : undefined
  const command = commandOf(will)
  const common = { workflow, home, by, ...(expected === undefined ? {} : { expected }), ...(title === undefined ? {} : { title }) }
  if (command === undefined) return parts.engine.submit({ kind: 'edit', ...common, title: title ?? '' })
  return decideAt(parts, { kind: 'will', ...common, command, reason: reasonOf(command) }, options.demand)
}

/** Nothing when only the title changes: titles are no decisions. */
const commandOf = (will: Will): Decision | Fact | undefined => {
  if (will.type !== 'update') return will
  return will.priority === undefined ? undefined : { type: 'set-priority', priority: will.priority }
}

const reasonOf = (command: Decision | Fact): string => {
  if ('reason' in command) return command.reason
  return 'comment' in command && command.comment !== '' ? command.comment : command.type
}

const subscribe = (
  { engine, onFacility }: EngineNodeParts,
  { events }: Insight,
  viewOf: (summary: Summary) => WorkflowSummary,
  listener: (event: LiveEvent) => void,
): (() => void) => {
  const stopWorkflows = engine.onCommitted(({ summaries }) => {
    for (const summary of summaries) listener({ type: 'workflow', workflow: viewOf(summary) })
  })
  const stopConflicts = engine.onCommitted(({ news }) => void tellConflicts(engine, news, listener))
  const stopFacilities = onFacility((facility) => listener({ type: 'facility', facility }))
  const stopEvents = events.subscribe((event) => listener({ type: 'event', event }))
  return () => {
    stopWorkflows()
    stopConflicts()
    stopFacilities()
    stopEvents()
  }
}

/** Told as their rows stand, which were written in the commit that is told of. */
const tellConflicts = async (engine: Engine, news: readonly News[], listener: (event: LiveEvent) => void): Promise<void> => {
  for (const id of new Set(news.flatMap(conflictsIn))) {
    const conflict = await unlessDamaged(engine.register.conflict(id))
    if (conflict !== undefined) listener({ type: 'conflict', conflict })
  }
}
