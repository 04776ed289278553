export type { SessionInput } from './input.ts'
export { compact, type JournalEntry, KEEP_SETTLED, type Memory, type Remembered, recall } from './journal-entry.ts'
export { nextWakeAt } from './leases.ts'
export type { SessionEvent, SessionOutput } from './output.ts'
export {
  busyCount,
  DEFAULT_TIMING,
  type Held,
  holding,
  type Link,
  type SessionConfig,
  type SessionState,
  type Timing,
} from './state.ts'
export { restore, type Step, step } from './step.ts'
