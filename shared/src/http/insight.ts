/**
 * What can be asked about work under way without touching it (OBS-1, OBS-2, OBS-3): everything here reads documents in memory or loads
 * a copy; nothing waits for a turn or is written.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { orderOf } from '../definition/order.ts'
import type { Engine } from '../engine/engine.ts'
import { EventStream } from '../engine/event-stream.ts'
import { StepTimes } from '../engine/step-times.ts'
import type { Unit } from '../engine/unit.ts'
import type { Clock } from '../ports/clock.ts'
import { stepName } from '../workflow/attempt.ts'
import { remainingMs, type UsualOf } from '../workflow/forecast.ts'
import { linkState } from '../workflow/links.ts'
import { progress, statusPath } from '../workflow/path.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { timingsOf } from '../workflow/timings.ts'
import type { GraphView, MetricsView, SystemView } from './insight-views.ts'

export interface Insight {
  /** Both undefined when the workflow, or its definition, is not known here. */
  metrics(workflow: string): Promise<MetricsView | undefined>
  graph(workflow: string): Promise<GraphView | undefined>
  system(): SystemView
  readonly events: Pick<EventStream, 'subscribe' | 'after' | 'watchers'>
}

interface Known {
  readonly unit: Unit
  readonly definition: CompiledDefinition
  readonly state: WorkflowState
}

export const insightOf = (engine: Engine, clock: Clock, read: (workflow: string) => Promise<Unit | undefined>): Insight => {
  const events = new EventStream(engine)
  const times = new StepTimes(engine, clock)
  const known = async (workflow: string): Promise<Known | undefined> => {
    const unit = await read(workflow)
    const definition = unit?.state === undefined ? undefined : engine.catalogue.byHash(unit.state.definition)
    return unit?.state === undefined || definition === undefined ? undefined : { unit, definition, state: unit.state }
  }
  return {
    metrics: async (workflow) => {
      const found = await known(workflow)
      return found === undefined ? undefined : metricsOf(found, times.of(found.definition.hash), clock.now().wall)
    },
    graph: async (workflow) => {
      const found = await known(workflow)
      return found === undefined ? undefined : graphOf(found, times.of(found.definition.hash))
    },
    system: () => ({ queues: engine.load, watchers: events.watchers, consistency: engine.outlet.load }),
    events,
  }
}

const metricsOf = ({ unit, definition, state }: Known, usual: UsualOf, now: number): MetricsView => {
  const { elapsedMs, failures, steps } = timingsOf(unit.entries(), now)
  const left = remainingMs(definition, state, usual, now)
  return {
    status: statusPath(state),
    elapsedMs,
    failures,
    percent: progress(state).percent,
    ...(left === undefined ? {} : { remainingMs: left }),
    steps: steps.flatMap(({ ref, ...timing }) => {
      const step = state.steps[ref]
      return step === undefined ? [] : [{ id: stepName(definition, step), ...timing }]
    }),
  }
}

const graphOf = ({ definition, state }: Known, usual: UsualOf): GraphView => {
  const { steps, links } = definition
  const { level } = orderOf(
    steps.length,
    Uint32Array.from(links, ({ from }) => from),
    Uint32Array.from(links, ({ to }) => to),
  )
  return {
    nodes: steps.map(({ id, index, spec }) => {
      const known = usual(index)
      const usualMs = known === undefined ? {} : { usualMs: Math.round(known.queuedMs + known.workingMs) }
      const status = state.steps[index]?.status ?? 'pending'
      return { id, title: spec.title ?? id, type: spec.work.type, status, level: level[index] ?? 0, ...usualMs }
    }),
    edges: links.map((link) => {
      const { from, to, trigger, when } = link.spec
      return { from, to, trigger, state: linkState(state, link), ...(when === undefined ? {} : { when }) }
    }),
  }
}
