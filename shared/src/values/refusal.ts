import type { Json } from './json.ts'

/**
 * Why something was not done, grouped by what its receiver does next:
 *
 *   retry-later   nothing is wrong with the request; the same one may succeed
 *   fix-request   the request itself must change
 *   ask-person    somebody has to decide
 *   give-up       it can never succeed
 *
 * `code` is stable kebab-case and part of the public contract; `message` is for a person and may change.
 */
export interface Refusal {
  readonly next: 'retry-later' | 'fix-request' | 'ask-person' | 'give-up'
  readonly code: string
  readonly message: string
  readonly details?: Json
}

export const refusal = (next: Refusal['next'], code: string, message: string, details?: Json): Refusal =>
  details === undefined ? { next, code, message } : { next, code, message, details }
