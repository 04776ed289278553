/** What should exist in the world because of a workflow's state. The engine compares and mends; ids are deterministic (E4). */
import type { Demand } from '../definition/compiled.ts'
import type { AgentKind, Priority } from '../definition/definition.ts'
import type { Json, JsonObject } from '../values/json.ts'
import type { AttemptName } from './command.ts'

/** An attempt that is to begin as soon as the limits allow it. */
export interface WantedBegin extends AttemptName {
  readonly priority: Priority
  /** When it began to wait, by the log's time: its place in the queue. */
  readonly since: number
  /** Not before this moment (wall). */
  readonly notBefore?: number
  readonly demand: Demand
  /** What it is on record to wait for. */
  readonly awaiting?: string
}

/** An attempt that waits, beside that, for an agent to be chosen. */
export interface WantedOffer extends WantedBegin {
  readonly capability: string
  readonly kind?: AgentKind
}

/** An attempt at work: what it demanded at its beginning it holds until its end. */
export interface WantedHold extends AttemptName {
  readonly id: string
  readonly step: string
  readonly demand: Demand
}

/** An attempt that an agent should know about: offered, running, or to be stopped. */
export interface WantedTask extends AttemptName {
  readonly task: string
  readonly agent: string
  readonly step: string
  readonly title: string
  readonly capability: string
  readonly input: Json
  readonly leaseMs: number
  readonly mayFinishOffline: boolean
  readonly accepted: boolean
  /** Set when the agent should stop: why. */
  readonly stop?: string
}

/** A call to a registered function, or to an executor. */
export interface WantedCall extends AttemptName {
  readonly id: string
  readonly function: string
  /** Of an executor, then named by `function`. */
  readonly parameters?: JsonObject
  readonly input: Json
  /** How long to wait for its end. */
  readonly timeoutMs: number
  /** Its output may be one that the same step of this definition gave for this input before. */
  readonly cached?: { readonly by: string; readonly ttlMs: number }
}

/** Known by `ref` and `position`, the length of the log when it began: a step that waits again is another wait. */
export type WantedWait = {
  readonly ref: number
  readonly position: number
  readonly home: string
  readonly workflow: string
  /** Without it, the end of the workflow itself. */
  readonly step?: string
}

/** A workflow that a step runs: until its end is on record it should be under way, held while its parent is paused, or going back. */
export interface WantedChild extends AttemptName {
  readonly ask: 'run' | 'hold' | 'cancel' | 'undo'
  readonly workflow: string
  readonly key: string
  readonly definition: string
  readonly version?: number
  readonly input: Json
  /** Why it should go back. */
  readonly reason: string
}

/** A person's answer about a step: what becomes of it, or whether it is approved. */
export interface WantedAnswer {
  readonly ref: number
  readonly kind: 'review' | 'approval'
  readonly step: string
  readonly queue: string
  readonly since: number
  /** Of an approval: who may give it, how many must, and who has. */
  readonly role?: string
  readonly needed?: number
  readonly given?: readonly string[]
}

/** A step that has arrived at a barrier. */
export interface WantedBarrier {
  readonly ref: number
  readonly position: number
  readonly barrier: string
  readonly parties: number
  readonly since: number
}

export interface WantedStart {
  readonly key: string
  readonly definition: string
  readonly input: Json
}

export interface Wanted {
  /** A workflow that waits for its place among those that run at once. */
  readonly opening?: { readonly priority: Priority; readonly since: number }
  /** It has been started and has not ended. */
  readonly underWay: boolean
  readonly offers: readonly WantedOffer[]
  /** Attempts without an agent, whose beginning is limited. */
  readonly begins: readonly WantedBegin[]
  readonly holds: readonly WantedHold[]
  readonly tasks: readonly WantedTask[]
  readonly calls: readonly WantedCall[]
  readonly waits: readonly WantedWait[]
  readonly starts: readonly WantedStart[]
  readonly children: readonly WantedChild[]
  readonly barriers: readonly WantedBarrier[]
  /** The earliest moment (wall) at which a `tick` would do something. */
  readonly wakeAt?: number
  /** What people are asked. */
  readonly answers: readonly WantedAnswer[]
  /** Waits for a signal, which nobody can be asked for. */
  readonly signals: readonly string[]
}
