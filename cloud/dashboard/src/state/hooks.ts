/** What components read: the store, the address, and the time as it passes. */
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { Client } from '../api/client.ts'
import { parseRoute, type Route } from './route.ts'
import type { DashboardState } from './state.ts'
import { createStore, type Store } from './store.ts'

const StoreContext = createContext<Store>(createStore())
export const StoreProvider = StoreContext.Provider

const ClientContext = createContext<Client | undefined>(undefined)
export const ClientProvider = ClientContext.Provider

export const useDashboard = (): DashboardState => {
  const store = useContext(StoreContext)
  return useSyncExternalStore(store.subscribe, store.state)
}

export const useClient = (): Client => {
  const client = useContext(ClientContext)
  if (client === undefined) throw new Error('No client: this component is drawn outside of a signed-in page.')
  return client
}

const onFragment = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

export const useRoute = (): Route => parseRoute(useSyncExternalStore(onFragment, () => window.location.hash))

/** The present, as often as the words that depend on it need it. */
export const useNow = (everyMs = 5_000): number => {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
