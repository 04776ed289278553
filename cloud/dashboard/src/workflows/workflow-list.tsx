import type { WorkflowSummary } from '../api/types.ts'
import type { Facilities, Listing, Section, Standing } from '../state/listing.ts'
import type { Held } from '../state/state.ts'
import { STANDING_WORDS } from './filters.tsx'
import { WorkflowRow } from './workflow-row.tsx'

const FRESH_FOR_MS = 10_000

const HINTS: Readonly<Record<Standing, string>> = {
  held: 'waiting for a resource, for others or for a person',
  unseen: 'their facility is cut off and carries on; shown as last heard',
  moving: '',
  failed: '',
  ended: 'completed or cancelled',
}

interface WorkflowListProps {
  readonly listing: Listing
  readonly held: ReadonlyMap<string, Held<WorkflowSummary>>
  readonly facilities: Facilities
  readonly truncated: boolean
  readonly now: number
  readonly onMore: () => void
}

export const WorkflowList = ({ listing, held, facilities, truncated, now, onMore }: WorkflowListProps) => {
  const shown = listing.sections.reduce((sum, section) => sum + section.workflows.length, 0)
  const isFresh = (id: string): boolean => now - (held.get(id)?.heardAt ?? 0) < FRESH_FOR_MS
  if (shown === 0) return <p className="empty">No workflow matches.</p>
  return (
    <>
      {listing.sections.map((section) => (
        <section key={section.standing ?? 'all'} className="standing">
          <Heading section={section} listing={listing} />
          <ul className="rows">
            {section.workflows.map((workflow) => (
              <li key={workflow.id}>
                <WorkflowRow
                  workflow={workflow}
                  facility={facilities.get(workflow.facility)?.title ?? workflow.facility}
                  isFresh={isFresh(workflow.id)}
                  now={now}
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p className="list-end" aria-live="polite">
        {endWords(shown, listing.total, truncated)}
        {shown < listing.total && (
          <button type="button" onClick={onMore}>
            Show more
          </button>
        )}
      </p>
    </>
  )
}

const Heading = ({ section: { standing }, listing }: { readonly section: Section; readonly listing: Listing }) =>
  standing === undefined ? null : (
    <h3>
      {STANDING_WORDS[standing]} <span className="tab-number">{listing.counts[standing].toLocaleString()}</span>
      <span className="hint">{HINTS[standing]}</span>
    </h3>
  )

const endWords = (shown: number, total: number, truncated: boolean): string => {
  const rows = shown < total ? `${shown.toLocaleString()} of ${total.toLocaleString()} shown.` : `${total.toLocaleString()} shown.`
  return truncated ? `${rows} Older ones that have ended are found by their text.` : rows
}
