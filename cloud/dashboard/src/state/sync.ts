/**
 * Keeps the store in step with the node: the socket for what changes, a snapshot after each hello, and a look at the facilities now
 * and then, because lag changes without an event and because a half-open socket says nothing when the node is gone.
 */
import type { Answer, Client } from '../api/client.ts'
import { openLive } from '../api/live.ts'
import type { LiveMessage } from '../api/types.ts'
import { takeSnapshot } from './snapshot.ts'
import type { Store } from './store.ts'

const LOOK_EVERY_MS = 10_000

export interface Sync {
  /** Asks the node for workflows beyond those held. */
  search(text: string): Promise<void>
  retry(): void
  stop(): void
}

export const startSync = (client: Client, store: Store, onUnauthorized: () => void): Sync => {
  const { dispatch, state } = store

  const asking = async <Value>(
    question: () => Promise<Answer<Value>>,
    onValue: (value: Value, askedAt: number) => void,
  ): Promise<boolean> => {
    const askedAt = Date.now()
    const answer = await question()
    if (answer.ok) onValue(answer.value, askedAt)
    else if (answer.failure.kind === 'unauthorized') onUnauthorized()
    else if (answer.failure.kind === 'unreachable') dispatch({ type: 'unreachable' })
    return answer.ok
  }
  const load = () =>
    asking(
      () => takeSnapshot(client),
      (value, askedAt) => dispatch({ type: 'snapshot', askedAt, ...value }),
    )
  const lookAtFacilities = () =>
    asking(client.facilities, ({ items }, askedAt) => dispatch({ type: 'facilities', askedAt, facilities: items }))
  const receive = (message: LiveMessage): void => {
    if (message.type === 'hello') void load()
    else dispatch({ ...message, at: Date.now() })
  }

  const live = openLive({
    ticket: client.ticket,
    open: (ticket) => new WebSocket(socketAddress(ticket)),
    random: Math.random,
    onPhase: (phase) => dispatch({ type: 'live', at: Date.now(), live: phase }),
    onMessage: receive,
    onUnauthorized,
  })
  /** Without a socket (a proxy may refuse it) the page still moves, by whole snapshots. */
  const look = async (): Promise<void> => {
    const isLive = state().live === 'live'
    const answered = await (isLive ? lookAtFacilities() : load())
    if (isLive && !answered) live.drop()
  }
  const retry = (): void => {
    live.hurry()
    void look()
  }

  void load()
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  window.addEventListener('online', retry)
  return {
    search: async (text) => {
      await asking(
        () => client.workflows({ q: text }),
        ({ items }, askedAt) => dispatch({ type: 'found', askedAt, workflows: items }),
      )
    },
    retry,
    stop: () => {
      clearInterval(timer)
      window.removeEventListener('online', retry)
      live.close()
    },
  }
}

const socketAddress = (ticket: string): string => {
  const address = new URL(`ws/workflows?ticket=${encodeURIComponent(ticket)}`, document.baseURI)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.hash = ''
  return address.href
}
