/** The one place that holds the state. Whoever draws it subscribes; nothing else changes it than `dispatch`. */
import { type Action, type DashboardState, initialState, reduce } from './state.ts'

export interface Store {
  readonly state: () => DashboardState
  readonly dispatch: (action: Action) => void
  readonly subscribe: (listener: () => void) => () => void
}

export const createStore = (): Store => {
  let state = initialState
  const listeners = new Set<() => void>()
  return {
    state: () => state,
    dispatch: (action) => {
      state = reduce(state, action)
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
