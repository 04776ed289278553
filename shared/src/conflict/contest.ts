/**
 * A contest: several want what only so many can have. Plain values, so that the same contest is settled the same on any node, whoever is
 * named first (I13). Everything that decides between two is in here; ids break every tie.
 */
import type { Priority } from '../definition/definition.ts'
import type { Strategy } from './rules/rule.ts'

export interface Contender {
  readonly id: string
  /** What people know it by. */
  readonly name: string
  readonly priority: Priority
  /** Since when it wants it, or has it. */
  readonly since: number
  /** It is at work, and nobody may take it away. */
  readonly holds?: boolean
  /** What it has declared about yielding: what that costs, and how long it can wait. Without it, it does not negotiate. */
  readonly yields?: { readonly cost: number; readonly upToMs: number }
  /** By when it must have begun. */
  readonly beginBy?: number
  /** How long it needs what is wanted. */
  readonly takesMs?: number
  /** Others of what is wanted that are free and would do for it. */
  readonly substitutes?: readonly string[]
}

export interface Contest {
  readonly about: string
  /** How many can have it. */
  readonly room: number
  readonly contenders: readonly Contender[]
  readonly now: number
}

/** What one of those who yield does instead. */
export interface Yield {
  readonly id: string
  readonly name: string
  /** Takes this in its place; without it, it waits. */
  readonly to?: string
  readonly waitMs?: number
}

export interface Settlement {
  readonly strategy: Strategy
  readonly keeps: readonly string[]
  readonly yields: readonly Yield[]
  /** In words for whoever is at the screen. */
  readonly why: string
}
