/**
 * Everything the overview shows, asked for at once. What is open is asked for by status, so that a workflow stuck for a week isn't
 * pushed out by a thousand that have just ended; of what has ended only the newest page.
 */
import { type Answer, type Client, type ListQuery, PAGE_SIZE } from '../api/client.ts'
import type { FacilityView, WorkflowSummary } from '../api/types.ts'

export interface Snapshot {
  readonly workflows: readonly WorkflowSummary[]
  readonly facilities: readonly FacilityView[]
  readonly truncated: boolean
}

const OPEN_PAGES = 10
const PARTS: readonly { readonly query: ListQuery; readonly pages: number }[] = [
  { query: { status: 'pending' }, pages: OPEN_PAGES },
  { query: { status: 'active' }, pages: OPEN_PAGES },
  { query: { status: 'paused' }, pages: OPEN_PAGES },
  { query: {}, pages: 1 },
]

export const takeSnapshot = async (client: Client): Promise<Answer<Snapshot>> => {
  const [facilities, ...parts] = await Promise.all([client.facilities(), ...PARTS.map((part) => pagesOf(client, part.query, part.pages))])
  if (!facilities.ok) return facilities
  const workflows = new Map<string, WorkflowSummary>()
  let truncated = false
  for (const part of parts) {
    if (!part.ok) return part
    for (const workflow of part.value.items) workflows.set(workflow.id, workflow)
    truncated ||= part.value.truncated
  }
  return { ok: true, value: { workflows: [...workflows.values()], facilities: facilities.value.items, truncated } }
}

interface Pages {
  readonly items: readonly WorkflowSummary[]
  readonly truncated: boolean
}

const pagesOf = async (client: Client, query: ListQuery, pages: number): Promise<Answer<Pages>> => {
  const items: WorkflowSummary[] = []
  let cursor: string | undefined
  for (let page = 0; page < pages; page += 1) {
    const answer = await client.workflows(cursor === undefined ? query : { ...query, cursor })
    if (!answer.ok) return answer
    items.push(...answer.value.items)
    cursor = answer.value.next
    if (cursor === undefined || answer.value.items.length < PAGE_SIZE) return { ok: true, value: { items, truncated: false } }
  }
  return { ok: true, value: { items, truncated: true } }
}
