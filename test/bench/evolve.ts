/**
 * Transitions a second: our fold over a recorded log, against XState's pure `transition` over the same events. Before anything is timed the
 * two are led through the log side by side, and must stand on the same status path after each event.
 */
import { evolve, type LogEntry, statusPath, type WorkflowState } from '@holdfast/shared/workflow'
import { initialTransition, transition } from 'xstate'
import { type Measurement, timed } from './measurement.ts'
import { recordLog } from './recorded-log.ts'
import { statusMachine } from './status-machine.ts'

export interface EvolveSize {
  readonly rounds: number
  /** Whole logs folded in each round, by the one and then by the other. */
  readonly foldsPerRound: number
}

const FULL_SIZE: EvolveSize = { rounds: 10, foldsPerRound: 1_000 }

export const evolveRate = ({ rounds, foldsPerRound }: EvolveSize = FULL_SIZE): Measurement => {
  const log = recordLog()
  const events = log.slice(1).map(({ event }) => ({ type: event.type }))
  assertSamePaths(log)
  const repeat = (fold: () => unknown): number =>
    timed(() => {
      for (let count = 0; count < foldsPerRound; count += 1) fold()
    })
  let [ourMs, theirMs] = [0, 0]
  for (let round = -1; round < rounds; round += 1) {
    const took = { ours: repeat(() => foldLog(log)), theirs: repeat(() => foldEvents(events)) }
    if (round < 0) continue
    ourMs += took.ours
    theirMs += took.theirs
  }
  const rateOf = (ms: number): number => (1_000 * rounds * foldsPerRound * log.length) / ms
  return {
    name: 'evolve',
    value: rateOf(ourMs),
    unit: 'transitions/s',
    ratio: theirMs / ourMs,
    against: "XState 5's pure transition over the same events, on a machine of the status paths alone",
    detail: `a log of ${log.length} entries; XState ${Math.round(rateOf(theirMs))} transitions/s`,
  }
}

const foldLog = (log: readonly LogEntry[]): WorkflowState | undefined => {
  let state: WorkflowState | undefined
  for (const entry of log) state = evolve(state, entry)
  return state
}

/** The machine's first state is where the log's first entry, `created`, leads. */
const foldEvents = (events: readonly { readonly type: string }[]): Snapshot => {
  let [snapshot] = initialTransition(statusMachine)
  for (const event of events) [snapshot] = transition(statusMachine, snapshot, event)
  return snapshot
}

type Snapshot = ReturnType<typeof initialTransition<typeof statusMachine>>[0]

const assertSamePaths = (log: readonly LogEntry[]): void => {
  let state: WorkflowState | undefined
  let snapshot: Snapshot | undefined
  for (const entry of log) {
    state = evolve(state, entry)
    snapshot = snapshot === undefined ? initialTransition(statusMachine)[0] : transition(statusMachine, snapshot, entry.event)[0]
    const ours = state === undefined ? 'none' : statusPath(state)
    const theirs = pathOf(snapshot.value)
    if (ours !== theirs) throw new Error(`after ${entry.event.type} ours is ${ours}, the machine's is ${theirs}`)
  }
}

const pathOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([state, inner]) => `${state}.${pathOf(inner)}`)
    .join()
}
