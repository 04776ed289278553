import { useCallback, useEffect, useRef } from 'react'
import { useDashboard, useRoute } from '../state/hooks.ts'
import type { Sync } from '../state/sync.ts'
import { WorkflowPage } from '../workflow/workflow-page.tsx'
import { Overview } from '../workflows/overview.tsx'
import { Banner } from './banner.tsx'
import { Header } from './header.tsx'

export const Page = ({ sync, onSignOut }: { readonly sync: Sync | undefined; readonly onSignOut: () => void }) => {
  const state = useDashboard()
  const route = useRoute()
  const main = useRef<HTMLElement>(null)
  const place = route.page === 'workflow' ? route.id : ''
  const search = useCallback((text: string) => void sync?.search(text), [sync])
  const cameFrom = useRef(place)
  /** After a change of page the keyboard and the screen reader begin at its content, not at the link that was left behind. */
  useEffect(() => {
    if (cameFrom.current !== place) main.current?.focus({ preventScroll: place === '' })
    cameFrom.current = place
  }, [place])
  return (
    <>
      <button type="button" className="skip-link" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Header live={state.live} onSignOut={onSignOut} />
      {state.lost && <Banner knownAt={state.knownAt} onRetry={() => sync?.retry()} />}
      <main ref={main} tabIndex={-1}>
        {route.page === 'workflow' ? <WorkflowPage key={route.id} id={route.id} /> : <Overview filter={route.filter} onSearch={search} />}
      </main>
    </>
  )
}
