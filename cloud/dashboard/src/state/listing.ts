/**
 * Which workflows are listed, in which order, under which heading. Standing answers the operator's question, status the machine's:
 *
 *   held     open, and waits for a resource, for others or for a person
 *   unseen   open, and its facility is cut off: it goes on there, out of our sight
 *   moving   open and neither
 *   failed · ended (completed or cancelled)
 */
import type { FacilityView, Priority, WorkflowSummary } from '../api/types.ts'
import { isOpen, workflowPhrase } from '../words/status.ts'

export const STANDINGS = ['held', 'unseen', 'moving', 'failed', 'ended'] as const
export type Standing = (typeof STANDINGS)[number]

export const SORTS = ['attention', 'changed', 'started', 'priority'] as const
export type Sort = (typeof SORTS)[number]

export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const satisfies readonly Priority[]

export interface Filter {
  readonly text: string
  readonly facility: string | undefined
  readonly standing: Standing | undefined
  readonly priority: Priority | undefined
  readonly sort: Sort
}

export const noFilter: Filter = { text: '', facility: undefined, standing: undefined, priority: undefined, sort: 'attention' }

export type Facilities = ReadonlyMap<string, Pick<FacilityView, 'title' | 'connected'>>

export const standingOf = (workflow: WorkflowSummary, facilities: Facilities): Standing => {
  if (workflow.status === 'failed') return 'failed'
  if (!isOpen(workflow.status)) return 'ended'
  if (workflowPhrase(workflow).tone === 'held') return 'held'
  return facilities.get(workflow.facility)?.connected === false ? 'unseen' : 'moving'
}

export interface Section {
  readonly standing?: Standing
  readonly workflows: readonly WorkflowSummary[]
}

export interface Listing {
  readonly sections: readonly Section[]
  /** How many match everything but the standing, by standing. */
  readonly counts: Readonly<Record<Standing, number>>
  /** How many match. */
  readonly total: number
}

/** At most `limit` rows over all sections. */
export const list = (workflows: Iterable<WorkflowSummary>, facilities: Facilities, filter: Filter, limit: number): Listing => {
  const groups: Record<Standing, WorkflowSummary[]> = { held: [], unseen: [], moving: [], failed: [], ended: [] }
  const matches = matcher(filter, facilities)
  for (const workflow of workflows) if (matches(workflow)) groups[standingOf(workflow, facilities)].push(workflow)

  const chosen = filter.standing === undefined ? STANDINGS : [filter.standing]
  const all = chosen.map((standing): Section => ({ standing, workflows: groups[standing].sort(orders[filter.sort](standing)) }))
  const flat = (): Section => ({ workflows: all.flatMap((section) => section.workflows).sort(orders[filter.sort]('moving')) })
  return {
    sections: capped(filter.sort === 'attention' ? all : [flat()], limit),
    counts: byStanding((standing) => groups[standing].length),
    total: all.reduce((sum, section) => sum + section.workflows.length, 0),
  }
}

export const byStanding = <Value>(value: (standing: Standing) => Value): Readonly<Record<Standing, Value>> => ({
  held: value('held'),
  unseen: value('unseen'),
  moving: value('moving'),
  failed: value('failed'),
  ended: value('ended'),
})

/** Every word must occur somewhere in what a row shows. */
const matcher = (filter: Filter, facilities: Facilities) => {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  return (workflow: WorkflowSummary): boolean => {
    if (filter.facility !== undefined && workflow.facility !== filter.facility) return false
    if (filter.priority !== undefined && workflow.priority !== filter.priority) return false
    if (words.length === 0) return true
    const shown = textOf(workflow, facilities).toLowerCase()
    return words.every((word) => shown.includes(word))
  }
}

const textOf = (workflow: WorkflowSummary, facilities: Facilities): string =>
  [
    workflow.title,
    workflow.key,
    workflow.id,
    workflow.definition.name,
    workflow.explain,
    workflowPhrase(workflow).word,
    facilities.get(workflow.facility)?.title ?? workflow.facility,
  ].join('\n')

type Order = (one: WorkflowSummary, other: WorkflowSummary) => number

const urgent: Order = (one, other) => PRIORITIES.indexOf(one.priority) - PRIORITIES.indexOf(other.priority)
const longestFirst: Order = (one, other) => one.updatedAt - other.updatedAt
const changed: Order = (one, other) => other.updatedAt - one.updatedAt
const started: Order = (one, other) => other.createdAt - one.createdAt
const byId: Order = (one, other) => (one.id < other.id ? -1 : 1)
const first =
  (...steps: readonly Order[]): Order =>
  (one, other) => {
    for (const order of steps) {
      const difference = order(one, other)
      if (difference !== 0) return difference
    }
    return byId(one, other)
  }

/** What moves is not sorted by its latest change: rows that jump under the pointer can't be read or clicked. */
const attention: Readonly<Record<Standing, Order>> = {
  held: first(urgent, longestFirst),
  unseen: first(urgent, longestFirst),
  moving: first(urgent, started),
  failed: first(changed),
  ended: first(changed),
}

const orders: Readonly<Record<Sort, (standing: Standing) => Order>> = {
  attention: (standing) => attention[standing],
  changed: () => first(changed),
  started: () => first(started),
  priority: () => first(urgent, changed),
}

const capped = (sections: readonly Section[], limit: number): readonly Section[] => {
  let left = limit
  return sections.flatMap((section) => {
    const workflows = section.workflows.slice(0, left)
    left -= workflows.length
    return workflows.length === 0 ? [] : [{ ...section, workflows }]
  })
}
