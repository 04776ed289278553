import { useEffect, useMemo, useState } from 'react'
import { Facilities } from '../facilities/facilities.tsx'
import { Sign } from '../frame/sign.tsx'
import { glance } from '../state/glance.ts'
import { useDashboard, useNow } from '../state/hooks.ts'
import { type Filter, list, standingOf } from '../state/listing.ts'
import { Filters } from './filters.tsx'
import { WorkflowList } from './workflow-list.tsx'

const ROWS = 200
const SEARCH_AFTER_MS = 400

export const Overview = ({ filter, onSearch }: { readonly filter: Filter; readonly onSearch: (text: string) => void }) => {
  const state = useDashboard()
  const now = useNow()
  const [rows, setRows] = useState(ROWS)
  const views = useMemo(() => [...state.facilities.values()].map(({ value }) => value), [state.facilities])
  const facilities = useMemo(() => new Map(views.map((view) => [view.id, view])), [views])
  const workflows = useMemo(() => [...state.workflows.values()].map(({ value }) => value), [state.workflows])
  const listing = useMemo(() => list(workflows, facilities, filter, rows), [workflows, facilities, filter, rows])
  const held = useMemo(() => workflows.filter((each) => standingOf(each, facilities) === 'held').length, [workflows, facilities])
  useSearch(filter.text, onSearch)

  if (state.knownAt === undefined) return <p className="empty">{state.lost ? 'Nothing is known yet.' : 'Asking the coordinator…'}</p>
  return (
    <>
      <AtAGlance sentence={glance(views, held)} />
      <Facilities facilities={views} chosen={filter.facility} now={now} />
      <section aria-labelledby="workflows-title">
        <h2 id="workflows-title">Workflows</h2>
        <Filters filter={filter} facilities={views} counts={listing.counts} />
        <WorkflowList
          listing={listing}
          held={state.workflows}
          facilities={facilities}
          truncated={state.truncated}
          now={now}
          onMore={() => setRows(rows + ROWS)}
        />
      </section>
    </>
  )
}

const AtAGlance = ({ sentence }: { readonly sentence: ReturnType<typeof glance> }) => {
  const words = `${sentence.link} ${sentence.work}`
  useEffect(() => {
    document.title = `${words} · Holdfast`
  }, [words])
  return (
    <h1 className={`glance ${sentence.isCalm ? 'tone-done' : 'tone-held'}`}>
      <Sign shape={sentence.isCalm ? 'check' : 'conflict'} />
      <span>
        {sentence.link} <span className="glance-work">{sentence.work}</span>
      </span>
    </h1>
  )
}

/** The page holds what is open and what has just ended; older ones are asked for once the typing rests. */
const useSearch = (text: string, onSearch: (text: string) => void): void => {
  useEffect(() => {
    if (text.trim().length < 2) return
    const timer = setTimeout(() => onSearch(text.trim()), SEARCH_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text, onSearch])
}
