/**
 * The domain rules on `begin`, asked within a turn for what is about to be offered or begun (CON-1, CON-3).
 *
 *   F1  What was let begin earlier in the same round is part of the picture for the next.
 *   F2  A conflict is on record once for each attempt and version of a rule; while the rule objects, the step waits. Once it objects no more,
 *       or its strategies find a way, a question that was still open is closed in the rules' name.
 *   F3  A person who says `proceed` lets this one attempt begin.
 */
import { judgeBeginning, type Scene, type Work } from '../conflict/beginning.ts'
import { plainStep, plainWorkflow } from '../conflict/plain.ts'
import type { RuleShelf } from '../conflict/rules/shelf.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Instant } from '../values/instant.ts'
import type { JsonObject } from '../values/json.ts'
import { parseTaskId, specOf, stepName } from '../workflow/attempt.ts'
import type { Act } from '../workflow/command.ts'
import { isOpenConflict } from '../workflow/conflicts-settled.ts'
import type { Clash } from '../workflow/event.ts'
import { conflictIdOf } from '../workflow/note-conflict.ts'
import type { Conflict, StepState, WorkflowState } from '../workflow/state.ts'
import type { WantedBegin } from '../workflow/want.ts'
import type { Catalogue } from './catalogue.ts'
import type { Core } from './core.ts'
import type { Dispatch } from './dispatch.ts'
import type { Unit } from './unit.ts'

export type Guarded =
  | { readonly may: 'begin'; readonly agent?: string; readonly acts: readonly Act[] }
  | { readonly may: 'wait'; readonly resource: string; readonly shortage: string; readonly acts: readonly Act[] }

interface Known {
  readonly unit: Unit
  readonly state: WorkflowState
  readonly definition: CompiledDefinition
  readonly step: StepState
}

/** The facility as the rules see it. */
interface Picture {
  readonly agents: readonly (JsonObject & { readonly id: string })[]
  readonly working: readonly Work[]
}

export interface SafetyParts {
  readonly shelf: RuleShelf
  readonly dispatch: Pick<Dispatch, 'agents' | 'tasks'>
  readonly catalogue: Catalogue
  readonly unitOf: (workflow: string) => Unit | undefined
}

/** Nothing where no rule has anything to say about beginnings. */
export const safetyOf = (
  shelf: RuleShelf | undefined,
  { dispatch, catalogue, units }: Pick<Core, 'dispatch' | 'catalogue' | 'units'>,
): SafetyParts | undefined =>
  shelf?.has('begin') === true ? { shelf, dispatch, catalogue, unitOf: (workflow) => units.peek(workflow) } : undefined

export class SafetyRound {
  readonly #parts: SafetyParts
  readonly #now: Instant
  readonly #begun: Work[] = []
  #picture: Picture | undefined

  constructor(parts: SafetyParts, now: Instant) {
    this.#parts = parts
    this.#now = now
  }

  /** @param free others who could take it up, by id */
  judge(workflow: string, begin: WantedBegin, agent: string | undefined, free: readonly string[]): Guarded {
    const known = this.#knownOf(workflow, begin)
    if (known === undefined || !this.#parts.shelf.has('begin')) return { may: 'begin', acts: [] }
    const scene = this.#sceneOf(known, begin, agent, free)
    const beginning = judgeBeginning(this.#parts.shelf, scene)
    if (beginning.may === 'begin') return { may: 'begin', acts: over(known.state, begin, 'the rule objects no more') }
    const found = noteOf(known, begin, beginning.clash)
    if (found.allowed) return { may: 'begin', acts: [] }
    if (beginning.may === 'begin-with')
      return { may: 'begin', agent: beginning.agent, acts: [...found.acts, ...over(known.state, begin, beginning.clash.explanation)] }
    const { rule, explanation: shortage } = beginning.clash
    return { may: 'wait', resource: `rule ${rule}`, shortage, acts: found.acts }
  }

  /** It begins, and is part of what the next may collide with. */
  took(workflow: string, begin: WantedBegin, agent: string): void {
    const known = this.#knownOf(workflow, begin)
    const kind = this.#draw().agents.find(({ id }) => id === agent)?.kind
    if (known === undefined) return
    const step = plainStep(known.definition, known.state, known.step)
    const { key, priority } = known.state
    const { capability, input = null } = step
    this.#begun.push({
      workflow,
      key,
      step: stepName(known.definition, known.step),
      agent,
      kind: String(kind ?? ''),
      capability: String(capability),
      priority,
      since: this.#now.wall,
      input,
    })
  }

  #knownOf(workflow: string, { ref }: WantedBegin): Known | undefined {
    const unit = this.#parts.unitOf(workflow)
    const definition = unit?.state && this.#parts.catalogue.byHash(unit.state.definition)
    const step = unit?.state?.steps[ref]
    return unit?.state === undefined || definition === undefined || step === undefined
      ? undefined
      : { unit, state: unit.state, definition, step }
  }

  #sceneOf({ unit, state, definition, step }: Known, begin: WantedBegin, agent: string | undefined, free: readonly string[]): Scene {
    const { agents, working } = this.#draw()
    const { spec } = specOf(definition, step)
    const deadline = step.deadline?.breachAt ?? state.deadline?.breachAt
    const { yields, takesMs } = spec
    return {
      workflow: plainWorkflow(unit.id, state),
      step: { ...plainStep(definition, state, step), attempt: begin.attempt },
      agent: agents.find(({ id }) => id === agent) ?? null,
      home: unit.home,
      agents,
      working: [...working, ...this.#begun],
      now: this.#now.wall,
      others: agents.filter(({ id }) => free.includes(id) && id !== agent),
      self: {
        id: `${unit.id}.${begin.ref}.${begin.attempt}`,
        name: `${stepName(definition, step)} of ${state.key}`,
        priority: begin.priority,
        since: begin.since,
        ...(yields === undefined ? {} : { yields }),
        ...(takesMs === undefined ? {} : { takesMs }),
        ...(deadline === undefined ? {} : { beginBy: deadline - (takesMs ?? 0) }),
      },
    }
  }

  /** Drawn when first asked for: in most turns no rule is asked anything. */
  #draw(): Picture {
    this.#picture ??= { agents: this.#agents(), working: this.#working() }
    return this.#picture
  }

  #agents(): readonly (JsonObject & { readonly id: string })[] {
    return this.#parts.dispatch.agents().map(({ id, kind, capabilities, capacity, connected, position, tasks }) => {
      const place = position === undefined ? {} : { position: { ...position } }
      return { id, kind, capabilities: [...capabilities], capacity, present: connected, load: tasks.length, ...place }
    })
  }

  #working(): readonly Work[] {
    const kinds = new Map(this.#parts.dispatch.agents().map(({ id, kind }) => [id, kind]))
    return [...this.#parts.dispatch.tasks()]
      .map(({ task, ref, agent, step, capability, input }): Work => {
        const workflow = parseTaskId(task)?.workflow ?? ''
        const state = this.#parts.unitOf(workflow)?.state
        const since = state?.steps[ref]?.since ?? 0
        const { key = '', priority = 'normal' } = state ?? {}
        return { workflow, key, step, agent, kind: kinds.get(agent) ?? '', capability, priority, since, input }
      })
      .sort((a, b) => (`${a.workflow}.${a.step}` < `${b.workflow}.${b.step}` ? -1 : 1))
  }
}

/** What is on record about it, or is to be put there. */
const noteOf = ({ unit, state }: Known, begin: WantedBegin, clash: Clash): { readonly allowed: boolean; readonly acts: readonly Act[] } => {
  const { ref, attempt, purpose } = begin
  const about = [ref, attempt, purpose, clash.version]
  const known = state.conflicts.find(({ id }) => id === conflictIdOf(unit.id, clash.rule, about))
  if (known !== undefined) return { allowed: known.settled?.option === 'proceed', acts: [] }
  return { allowed: false, acts: [{ type: 'conflict', clash: { ...clash, step: ref }, about }] }
}

/** Questions about this attempt that have answered themselves. */
const over = ({ conflicts }: WorkflowState, { ref }: WantedBegin, comment: string): readonly Act[] =>
  conflicts.flatMap((conflict: Conflict): readonly Act[] => {
    const mine = conflict.kind === 'safety' && conflict.step === ref && isOpenConflict(conflict)
    return mine && conflict.id !== undefined ? [{ type: 'conflict-over', conflict: conflict.id, option: 'wait', comment }] : []
  })
