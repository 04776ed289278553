/**
 * Which workflows a list shows, in which order, a page at a time. A page ends at a position, ⟨value of the sort field, id⟩, and the next
 * page begins strictly after it: workflows that come, go or change between two pages never shift the others (no offsets).
 */
import type { Priority } from '../definition/definition.ts'
import { PRIORITIES, type WorkflowSummary } from './views.ts'

export const SORT_FIELDS = ['updatedAt', 'createdAt', 'priority', 'title'] as const
export type SortField = (typeof SORT_FIELDS)[number]

export interface ListPosition {
  readonly value: string | number
  readonly id: string
}

export interface ListQuery {
  /** What the caller may see. */
  readonly facilities: '*' | readonly string[]
  readonly facility?: string
  /** A status path or the beginning of one: `active`, `active.executing`. */
  readonly status?: string
  readonly definition?: string
  readonly priority?: Priority
  /** Part of the title, key or id, whatever the case. */
  readonly text?: string
  readonly sort: { readonly field: SortField; readonly descending: boolean }
  readonly limit: number
  readonly after?: ListPosition
}

export interface Page {
  readonly items: readonly WorkflowSummary[]
  readonly next?: ListPosition
}

/** The page a query asks for, out of all workflows of a node. Time: one pass, then the sorting of what matched. */
export const pageOf = (workflows: Iterable<WorkflowSummary>, query: ListQuery): Page => {
  const compare = comparatorOf(query.sort)
  const { after } = query
  const matching: { position: ListPosition; workflow: WorkflowSummary }[] = []
  for (const workflow of workflows) {
    const position = { value: sortValue(workflow, query.sort.field), id: workflow.id }
    if (matches(workflow, query) && (after === undefined || compare(position, after) > 0)) matching.push({ position, workflow })
  }
  matching.sort((left, right) => compare(left.position, right.position))
  const page = matching.slice(0, query.limit)
  const items = page.map((each) => each.workflow)
  const last = page.at(-1)
  return last !== undefined && matching.length > page.length ? { items, next: last.position } : { items }
}

export const matches = (workflow: WorkflowSummary, query: ListQuery): boolean =>
  (query.facilities === '*' || query.facilities.includes(workflow.facility)) &&
  (query.facility === undefined || query.facility === workflow.facility) &&
  (query.definition === undefined || query.definition === workflow.definition.name) &&
  (query.priority === undefined || query.priority === workflow.priority) &&
  (query.status === undefined || workflow.status === query.status || workflow.status.startsWith(`${query.status}.`)) &&
  (query.text === undefined || containsText(workflow, query.text))

const containsText = (workflow: WorkflowSummary, text: string): boolean => {
  const wanted = text.toLowerCase()
  return [workflow.title, workflow.key, workflow.id].some((candidate) => candidate.toLowerCase().includes(wanted))
}

/** Priorities sort by urgency: `-priority` puts the critical first. */
const sortValue = (workflow: WorkflowSummary, field: SortField): string | number =>
  field === 'priority' ? PRIORITIES.length - PRIORITIES.indexOf(workflow.priority) : workflow[field]

/** Ties are broken by id, so the order is total and the same on every node. */
const comparatorOf =
  ({ descending }: ListQuery['sort']) =>
  (left: ListPosition, right: ListPosition): number => {
    if (left.value !== right.value) return left.value < right.value === descending ? 1 : -1
    return left.id < right.id ? -1 : left.id > right.id ? 1 : 0
  }
