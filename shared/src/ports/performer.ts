/**
 * Something that carries out an attempt and reports how it ended: a function registered on the gateway, an HTTP caller, a bridge.
 *
 * Its safety class says what may be done after a crash between beginning and result:
 *   idempotent    may be begun again under the same id
 *   queryable     must be asked about the id first
 *   atMostOnce    is never begun again by the engine; a person decides
 *
 * Guarantee asked of an implementer: `perform` with an id it has already completed gives the same result without doing it again.
 */
import type { Json } from '../values/json.ts'
import type { Result } from '../values/result.ts'

export interface Attempt {
  /** The effect's id, made of workflow, step and attempt: the idempotency key. */
  readonly id: string
  readonly name: string
  readonly input: Json
  /** After so long nobody waits for its end any more. */
  readonly timeoutMs: number
}

export interface AttemptError {
  /** Stable kebab-case, e.g. `timeout`, `network`, `validation`. */
  readonly code: string
  readonly message: string
  /** What the reporter knows about trying again; when absent the code decides (RES-2). */
  readonly retryable?: boolean
}

interface Performs {
  perform(attempt: Attempt): Promise<Result<Json, AttemptError>>
}

export type Performer =
  | (Performs & { readonly safety: 'idempotent' | 'atMostOnce' })
  /** `query` tells how an attempt that may have begun ended, or that it never began. */
  | (Performs & { readonly safety: 'queryable'; query(attempt: Attempt): Promise<Result<Json, AttemptError> | 'not-begun'> })
