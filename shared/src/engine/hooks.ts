/**
 * What a node's own program adds to transitions (SM-4):
 *
 *   before   asked in the turn, ahead of every decision; the reason it gives refuses the decision, and nothing has changed. One that throws
 *            refuses as well: what was to be looked at has not been looked at
 *   after    told once the transition is durable. What goes wrong in it is told to `onFault` and changes nothing
 *
 * `before` must not take long or wait for anything: the turn waits for it.
 */
import type { WorkflowEvent } from '../workflow/event.ts'
import { type LifecycleEvent, WORKFLOW_TABLE } from '../workflow/lifecycle.ts'
import type { NodeContext, Transition } from '../workflow/node-context.ts'
import type { WorkflowState } from '../workflow/state.ts'
import type { Catalogue } from './catalogue.ts'
import type { Committed } from './committed.ts'
import { gatesOf, type Limits, NO_LIMITS } from './limits.ts'

/** A workflow has begun, ended, paused, turned back or gone on. */
export interface Passed {
  readonly workflow: string
  readonly home: string
  readonly definition: string
  readonly event: LifecycleEvent
  readonly by: string
  readonly at: number
  /** After the commit that the transition was part of. */
  readonly state: WorkflowState
}

export interface Hooks {
  readonly before?: (transition: Transition) => string | undefined
  readonly after?: (passed: Passed) => void | Promise<void>
  readonly onFault?: (error: unknown, passed: Passed) => void
}

interface Adds {
  readonly limits?: Limits
  readonly hooks?: Hooks
}

export const nodeContextOf = ({ limits, hooks }: Adds, catalogue: Catalogue): NodeContext => ({
  gates: gatesOf(limits ?? NO_LIMITS),
  definitionOf: (hash) => catalogue.byHash(hash),
  veto: (transition) => objectionOf(hooks?.before, transition),
})

const objectionOf = (before: Hooks['before'], transition: Transition): string | undefined => {
  try {
    return before?.(transition)
  } catch (thrown) {
    return `A hook of this node failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  }
}

interface Watchable {
  onCommitted(listener: (committed: Committed) => void): () => void
}

export const tellHooks = (engine: Watchable, hooks: Hooks): void => {
  const { after } = hooks
  if (after === undefined) return
  engine.onCommitted(({ news }) => {
    for (const { id: workflow, facility: home, state, entries } of news) {
      for (const { at, by, event } of entries) {
        if (isTransition(event)) void tell(hooks, after, { workflow, home, definition: state.name, event: event.type, by, at, state })
      }
    }
  })
}

const isTransition = (event: WorkflowEvent): event is Extract<WorkflowEvent, { readonly type: LifecycleEvent }> =>
  event.type in WORKFLOW_TABLE.pending

const tell = async (hooks: Hooks, after: NonNullable<Hooks['after']>, passed: Passed): Promise<void> => {
  try {
    await after(passed)
  } catch (error) {
    hooks.onFault?.(error, passed)
  }
}
