export type { SessionInput } from './input.ts'
export type { JournalEntry } from './journal-entry.ts'
export { nextWakeAt } from './leases.ts'
export type { SessionEvent, SessionOutput } from './output.ts'
export {
  DEFAULT_TIMING,
  holding,
  type SessionConfig,
  type SessionState,
  type Timing,
} from './state.ts'
export { restore, type Step, step } from './step.ts'
