/** For tests: a node without an engine, that keeps its promises (N1–N5) over a map. `outbox` facilities have their authority elsewhere. */
import type { WatchedEvent } from '../engine/event-stream.ts'
import { workflowIdOf } from '../values/ids.ts'
import { canonicalJson, type Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { pageOf } from './listing.ts'
import type { Decided, LiveEvent, NodeApi, StartRequest, Will } from './node-api.ts'
import { papersOf } from './papers.ts'
import { toyAuthority } from './toy-authority.ts'
import { toyLibrary } from './toy-library.ts'
import { toyLimits } from './toy-limits.ts'
import { toyPapers } from './toy-papers.ts'
import { toyRules } from './toy-rules.ts'
import { toySchedules } from './toy-schedules.ts'
import type { FacilityView, HistoryEntry, WorkflowDetail, WorkflowSummary } from './views.ts'

export interface ToyWorkflow {
  readonly detail: WorkflowDetail
  readonly content: string
  readonly history: readonly HistoryEntry[]
}

export interface ToyNode extends NodeApi {
  readonly workflows: ReadonlyMap<string, ToyWorkflow>
  publish(event: LiveEvent): void
}

export const summaryOf = ({
  input: _input,
  output: _output,
  error: _error,
  steps: _steps,
  links: _links,
  conflictList: _conflicts,
  verdicts: _verdicts,
  log: _log,
  policy: _policy,
  proposals,
  ...rest
}: WorkflowDetail): WorkflowSummary => ({ ...rest, proposals: proposals.length })

const detailOf = (request: StartRequest, proposed: boolean, at: number): WorkflowDetail => ({
  id: workflowIdOf(request.facility, request.key),
  facility: request.facility,
  key: request.key,
  title: request.title ?? request.definition,
  definition: { name: request.definition, version: request.version ?? 1, hash: 'ab12' },
  status: proposed ? 'pending' : 'active.initializing',
  pending: proposed,
  priority: request.priority,
  progress: { settled: 0, total: 1, percent: 0 },
  explain: 'waits for its first step',
  createdAt: at,
  updatedAt: at,
  conflicts: 0,
  asOf: at,
  behind: false,
  consistency: 'eventual',
  policy: { level: 'eventual' },
  input: request.input,
  steps: [{ ref: 0, id: 'pick', title: 'Pick', type: 'task', status: 'ready', attempt: 0, since: at }],
  links: [],
  proposals: [],
  conflictList: [],
  verdicts: [],
  log: { length: 1, head: 'h1' },
})

const entry = (position: number, at: number, by: string, type: string): HistoryEntry => ({
  position,
  at,
  by,
  node: 'toy',
  type,
  text: `${by}: ${type}`,
  data: { type } satisfies Json,
})

/** What a decision makes of a workflow; a toy knows no more of the statechart than that an end is an end. */
const willed = (detail: WorkflowDetail, will: Will): Result<WorkflowDetail, Refusal> => {
  if (detail.status === 'cancelled') return err(refusal('give-up', 'already-ended', 'it was cancelled'))
  switch (will.type) {
    case 'pause':
      return ok({ ...detail, status: 'paused' })
    case 'resume':
    case 'signal':
      return ok({ ...detail, status: 'active.initializing' })
    case 'cancel':
    case 'terminate':
      return ok({ ...detail, status: 'cancelled', explain: will.reason })
    case 'rollback':
    case 'retry':
    case 'recover':
    case 'discard':
      return ok({ ...detail, explain: will.reason })
    case 'review':
    case 'approve':
    case 'resolve':
      return ok({ ...detail, explain: will.comment })
    case 'checkpoint':
      return ok({ ...detail, checkpoints: [...(detail.checkpoints ?? []), { name: will.name, at: 1, position: detail.log.length }] })
    case 'enter-stage':
      return ok({ ...detail, status: `active.${will.stage}` })
    case 'set-consistency':
      return ok({ ...detail, explain: will.consistency.level })
    case 'migrate':
      return ok({ ...detail, definition: { ...detail.definition, hash: will.definition } })
    case 'update':
      return ok({ ...detail, title: will.title ?? detail.title, priority: will.priority ?? detail.priority })
  }
}

const FACILITIES: readonly FacilityView[] = ['harbour-a', 'harbour-b'].map((id) => ({
  id,
  title: id,
  connected: true,
  workflows: { open: 0, completed: 0, failed: 0, cancelled: 0 },
}))

const AGENT = { kind: 'robot', capabilities: ['pick'], capacity: 1, present: true, since: 1_000 } as const

interface ToyParts {
  readonly outbox?: readonly string[]
  /** Events that a subscriber may have missed. */
  readonly missed?: readonly WatchedEvent[]
}

export const toyNode = ({ outbox = [], missed = [] }: ToyParts = {}): ToyNode => {
  const workflows = new Map<string, ToyWorkflow>()
  const listeners = new Set<(event: LiveEvent) => void>()
  let at = 1_000
  const publish = (event: LiveEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const keep = (workflow: ToyWorkflow): Result<Decided, Refusal> => {
    const summary = summaryOf(workflow.detail)
    workflows.set(summary.id, workflow)
    publish({ type: 'workflow', workflow: summary })
    return ok({ outcome: outbox.includes(summary.facility) ? 'proposed' : 'decided', workflow: summary })
  }
  return {
    workflows,
    publish,
    start: async (request) => {
      if (request.definition !== 'picking') return err(refusal('fix-request', 'unknown-definition', 'no such definition'))
      const { by, demand: _demand, ...wanted } = request
      const content = canonicalJson({ ...wanted })
      const known = workflows.get(workflowIdOf(request.facility, request.key))
      if (known !== undefined && known.content !== content) return err(refusal('fix-request', 'key-reused', 'other content'))
      if (known !== undefined) return ok({ outcome: 'decided', workflow: summaryOf(known.detail), replayed: true })
      at += 1
      const detail = detailOf(request, outbox.includes(request.facility), at)
      return keep({ detail, content, history: [entry(1, at, by, 'created')] })
    },
    decide: async (id, will, { by, expected }) => {
      const known = workflows.get(id)
      if (known === undefined) return err(refusal('give-up', 'not-found', 'no such workflow'))
      const { log } = known.detail
      if (expected !== undefined && expected.length !== log.length) return err(refusal('fix-request', 'stale-version', 'it changed'))
      const next = willed(known.detail, will)
      if (!next.ok) return next
      at += 1
      const length = log.length + 1
      const detail = { ...next.value, updatedAt: at, log: { length, head: `h${length}` } }
      return keep({ ...known, detail, history: [...known.history, entry(length, at, by, will.type)] })
    },
    get: async (id, when) => {
      const known = workflows.get(id)
      if (known === undefined || when === undefined) return known?.detail
      const seen = known.history.filter((each) => ('at' in when ? each.at <= when.at : each.position <= when.position)).length
      return seen === 0 ? undefined : { ...known.detail, log: { length: seen, head: `h${seen}` } }
    },
    list: async (query) =>
      pageOf(
        [...workflows.values()].map(({ detail }) => summaryOf(detail)),
        query,
      ),
    history: async (id, { after, limit }) => {
      const later = (workflows.get(id)?.history ?? []).filter(({ position }) => position > after)
      const items = later.slice(0, limit)
      const last = items.at(-1)
      return last !== undefined && later.length > limit ? { items, next: last.position } : { items }
    },
    value: async () => undefined,
    facilities: async () => FACILITIES,
    agents: async () => FACILITIES.map(({ id }) => ({ ...AGENT, id: `${id}-robot`, facility: id })),
    health: () => ({ status: 'ok', ready: true, node: 'toy' }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    reads: { begin: async () => ok(0), end: async () => undefined, seen: async (_, session) => session },
    library: toyLibrary(),
    schedules: toySchedules(),
    people: { approvals: async () => [], reviews: async () => [], deadLetters: async () => [], checkpoint: async () => undefined },
    conflicts: { list: async () => ({ items: [] }), one: async () => undefined },
    rules: toyRules(),
    papers: papersOf(toyPapers()),
    limits: toyLimits(FACILITIES.map(({ id }) => id)),
    authority: toyAuthority(FACILITIES.map(({ id }) => id)),
    insight: {
      metrics: async (id) => {
        const found = workflows.get(id)
        return found && { status: found.detail.status, elapsedMs: 0, failures: 0, percent: 0, steps: [] }
      },
      graph: async (id) => (workflows.has(id) ? { nodes: [], edges: [] } : undefined),
      system: () => ({
        queues: { inputs: 0, offers: 0, tasks: 0, calls: 0 },
        watchers: 0,
        consistency: { heldEffects: 0, heldAnswers: 0, refusals: { eventual: 0, bounded_staleness: 0, strong: 0 } },
      }),
      events: {
        watchers: 0,
        subscribe: () => () => {},
        after: (cursor) => (missed.some((event) => event.cursor === cursor) ? missed.filter((event) => event.cursor > cursor) : 'gone'),
      },
    },
  }
}
