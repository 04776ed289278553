import type { End } from './close.ts'
import type { StreamOutput } from './exchange.ts'

/** What a machine answers to an input. With `end` the session is over after the outputs, for that reason. */
export interface Step<State> {
  readonly state: State
  readonly outputs: readonly StreamOutput[]
  readonly end?: End
}

export const stay = <State>(state: State, ...outputs: readonly StreamOutput[]): Step<State> => ({ state, outputs })

export const endWith = <State>(state: State, end: End, ...outputs: readonly StreamOutput[]): Step<State> => ({ state, outputs, end })
