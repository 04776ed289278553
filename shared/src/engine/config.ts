import type { RuleShelf } from '../conflict/rules/shelf.ts'
import type { Authorities } from '../consistency/authorities.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Rights } from '../document/rights.ts'
import type { Clock } from '../ports/clock.ts'
import type { Executor } from '../ports/executor.ts'
import type { Neighbours } from '../ports/neighbours.ts'
import type { Performer } from '../ports/performer.ts'
import type { Random } from '../ports/random.ts'
import type { Store } from '../ports/store.ts'
import type { Alert } from './alerts.ts'
import type { Hooks } from './hooks.ts'
import type { Limits } from './limits.ts'
import type { Rules } from './rules.ts'

export interface RetentionPolicy {
  /** From its end on, a workflow's document is kept in less room. */
  readonly archiveAfterMs: number
  /** From its end on, nothing is left of it but its id and the head of its chain; without it, it is kept for ever. */
  readonly eraseAfterMs?: number
  /** False while another node may still need what would be erased. */
  readonly mayErase?: () => boolean
  readonly sweepMs?: number
}

export interface EngineConfig {
  /** The node's name: `harbour-gateway`. */
  readonly node: string
  /** Given at enrolment, 28 bits; owns a range of Yjs client ids (D2). */
  readonly nodeNumber: number
  /** Homes this node admits events for, and under which epoch. */
  readonly authority: Authorities
  /** Whether what is committed here goes to a hub. Without one the node is its own: nobody else has to acknowledge anything. */
  readonly hasHub?: boolean
  readonly store: Store
  /** The others that write to the same store; without it, there are none. */
  readonly neighbours?: Neighbours | undefined
  /** Takes in what else its shell keeps in a shared store; before each turn. */
  readonly onFollow?: () => Promise<void>
  readonly clock: Clock
  readonly random: Random
  readonly definitions: readonly CompiledDefinition[]
  readonly functions: ReadonlyMap<string, Performer>
  /** Plug-ins, by the type of step they carry out. */
  readonly executors?: ReadonlyMap<string, Executor>
  readonly heartbeatMs: number
  /** What this node limits by itself; without it, nothing. */
  readonly limits?: Limits
  /** Told what somebody should look at, after it is durable. */
  readonly onAlert?: (alert: Alert) => void
  /** When ended workflows are put away; without it, never. */
  readonly retention?: RetentionPolicy
  /** What a peer on the link may write into a home's documents. */
  readonly rightsOf: (peer: string, home: string) => Rights
  /** Who may object to decisions here, and is told of transitions. */
  readonly hooks?: Hooks
  /** Domain rules that this node goes by; they may change while it runs. */
  readonly domainRules?: RuleShelf
  /** Other rules than the real ones, for tests of tests. */
  readonly rules?: Partial<Rules>
}
