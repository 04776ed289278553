/**
 * One workflow in full, kept fresh: asked for at once, and again whenever its summary changes. Changes that come while an answer is on
 * its way are answered together by one more question, and questions keep a distance, so a busy workflow doesn't flood its node.
 */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Client, Failure } from '../api/client.ts'
import type { HistoryEntry, WorkflowDetail } from '../api/types.ts'
import { useClient } from '../state/hooks.ts'
import { earlierAfter, fits, mergeHistory, newestAfter } from './history-window.ts'

export interface Opened {
  readonly detail: WorkflowDetail
  readonly history: readonly HistoryEntry[]
}

export interface WorkflowView {
  readonly opened: Opened | undefined
  readonly failure: Failure | undefined
  readonly refresh: () => void
  readonly showEarlier: () => Promise<void>
}

const DISTANCE_MS = 400

export const useWorkflow = (id: string, stamp: unknown): WorkflowView => {
  const client = useClient()
  const [opened, setOpened] = useState<Opened>()
  const [failure, setFailure] = useState<Failure>()
  const known = useRef<readonly HistoryEntry[]>([])

  const load = useCallback(async (): Promise<void> => {
    const answer = await loadWorkflow(client, id, known.current)
    setFailure(answer.ok ? undefined : answer.failure)
    if (!answer.ok) return
    known.current = answer.value.history
    setOpened(answer.value)
  }, [client, id])
  const refresh = useSpaced(load)
  useEffect(refresh, [refresh, stamp])

  const showEarlier = async (): Promise<void> => {
    const answer = await client.history(id, earlierAfter(known.current))
    if (!answer.ok) return setFailure(answer.failure)
    known.current = mergeHistory(known.current, answer.value.items)
    setOpened((before) => before && { ...before, history: known.current })
  }
  return { opened, failure, refresh, showEarlier }
}

type Loaded = { readonly ok: true; readonly value: Opened } | { readonly ok: false; readonly failure: Failure }

const loadWorkflow = async (client: Client, id: string, known: readonly HistoryEntry[]): Promise<Loaded> => {
  const detail = await client.workflow(id)
  if (!detail.ok) return detail
  let history = fits(known, detail.value.log.length) ? known : []
  for (;;) {
    const page = await client.history(id, newestAfter(history, detail.value.log.length))
    if (!page.ok) return page
    history = mergeHistory(history, page.value.items)
    if (page.value.next === undefined || page.value.items.length === 0) return { ok: true, value: { detail: detail.value, history } }
  }
}

/** Runs at once; while it runs and for a moment after, further wishes become one more run. */
const useSpaced = (run: () => Promise<void>): (() => void) => {
  const busy = useRef(false)
  const again = useRef(false)
  return useCallback(() => {
    const go = async (): Promise<void> => {
      if (busy.current) {
        again.current = true
        return
      }
      busy.current = true
      await run()
      await new Promise((resolve) => setTimeout(resolve, DISTANCE_MS))
      busy.current = false
      if (!again.current) return
      again.current = false
      void go()
    }
    void go()
  }, [run])
}
