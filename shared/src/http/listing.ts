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

/** What a list filters and sorts by. */
export type Listed = Pick<WorkflowSummary, 'id' | 'facility' | 'key' | 'title' | 'status' | 'priority' | 'createdAt' | 'updatedAt'> & {
  readonly definition: Pick<WorkflowSummary['definition'], 'name'>
}

export interface Page<Item = WorkflowSummary> {
  readonly items: readonly Item[]
  readonly next?: ListPosition
}

/** So many pages' worth of candidates are held before the worst are let go. */
const SLACK = 8

/** The page a query asks for, out of all workflows of a node. Time: one pass, and the sorting of a few pages' worth at a time. */
export const pageOf = <Item extends Listed>(workflows: Iterable<Item>, query: ListQuery): Page<Item> => {
  const compare = comparatorOf(query.sort)
  const { after, limit } = query
  const wanted = limit + 1
  let best: { readonly position: ListPosition; readonly workflow: Item }[] = []
  const keepBest = (): void => {
    best = best.sort((left, right) => compare(left.position, right.position)).slice(0, wanted)
  }
  for (const workflow of workflows) {
    const position = { value: sortValue(workflow, query.sort.field), id: workflow.id }
    if (!matches(workflow, query) || (after !== undefined && compare(position, after) <= 0)) continue
    best.push({ position, workflow })
    if (best.length >= SLACK * wanted) keepBest()
  }
  keepBest()
  const page = best.slice(0, limit)
  const items = page.map((each) => each.workflow)
  const last = page.at(-1)
  return last !== undefined && best.length > page.length ? { items, next: last.position } : { items }
}

export const matches = (workflow: Listed, query: ListQuery): boolean =>
  (query.facilities === '*' || query.facilities.includes(workflow.facility)) &&
  (query.facility === undefined || query.facility === workflow.facility) &&
  (query.definition === undefined || query.definition === workflow.definition.name) &&
  (query.priority === undefined || query.priority === workflow.priority) &&
  (query.status === undefined || workflow.status === query.status || workflow.status.startsWith(`${query.status}.`)) &&
  (query.text === undefined || containsText(workflow, query.text))

const containsText = (workflow: Listed, text: string): boolean => {
  const wanted = text.toLowerCase()
  return [workflow.title, workflow.key, workflow.id].some((candidate) => candidate.toLowerCase().includes(wanted))
}

/** Priorities sort by urgency: `-priority` puts the critical first. */
const sortValue = (workflow: Listed, field: SortField): string | number =>
  field === 'priority' ? PRIORITIES.length - PRIORITIES.indexOf(workflow.priority) : workflow[field]

/** Ties are broken by id, so the order is total and the same on every node. */
const comparatorOf =
  ({ descending }: ListQuery['sort']) =>
  (left: ListPosition, right: ListPosition): number => {
    if (left.value !== right.value) return left.value < right.value === descending ? 1 : -1
    return left.id < right.id ? -1 : left.id > right.id ? 1 : 0
  }
