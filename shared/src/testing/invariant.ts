import type { Json } from '../values/json.ts'

/** A promise of the system that did not hold; `invariant` starts with its id, as in 'I21 no double effect'. */
export interface Violation {
  readonly invariant: string
  readonly details: Json
}

export class InvariantBroken extends Error implements Violation {
  readonly invariant: string
  readonly details: Json

  constructor({ invariant, details }: Violation) {
    super(`${invariant}: ${JSON.stringify(details)}`)
    this.name = 'InvariantBroken'
    this.invariant = invariant
    this.details = details
  }
}

/** @param details worked out only when broken, for this is asked after every event */
export function assertInvariant(invariant: string, condition: boolean, details: () => Json): asserts condition {
  if (!condition) throw new InvariantBroken({ invariant, details: details() })
}

/** Throws the first of a checker's findings. */
export const assertNone = (violations: readonly Violation[]): void => {
  const [first] = violations
  if (first !== undefined) throw new InvariantBroken(first)
}
