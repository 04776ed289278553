/**
 * What the world knows for certain, beside what the system says of itself: what clients were told, what agents and services did.
 * Checks hold the system's logs against it.
 */
import type { Json } from '@holdfast/shared/values'

/** A client's submit that was answered `ok` and changed something. */
export interface Acknowledged {
  readonly node: string
  readonly workflow: string
  readonly home: string
  readonly type: string
  readonly by: string
  /** Where it is a proposal: the name it was written down under. */
  readonly proposal?: { readonly journal: string; readonly n: number }
}

/** What was done in the world under one id. */
export interface Effect {
  readonly id: string
  readonly by: string
  begun: number
  /** Times a crash of the doer left no durable end of it. */
  interrupted: number
  done: number
  output?: Json
}

export class Ledger {
  readonly acknowledged: Acknowledged[] = []
  readonly effects = new Map<string, Effect>()
  /** Workflows that clients asked for: id → home. */
  readonly asked = new Map<string, string>()
  /** ⟨hub⟩ ⟨gateway⟩/⟨home⟩ → how far the hub has told the gateway that it holds the gateway's feed. */
  readonly acks = new Map<string, number>()
  /** Log lengths that readers were shown: workflow@node → longest. */
  readonly seen = new Map<string, number>()

  /** Workflows whose home was told to leave nothing of them but their head; nothing more is asked of them. */
  readonly erased = new Set<string>()

  acknowledge(one: Acknowledged): void {
    this.acknowledged.push(one)
  }

  effect(id: string, by: string): Effect {
    const known = this.effects.get(id)
    if (known !== undefined) return known
    const effect: Effect = { id, by, begun: 0, interrupted: 0, done: 0 }
    this.effects.set(id, effect)
    return effect
  }
}
