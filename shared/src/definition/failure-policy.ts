/** What an author says of failing for good: who is asked, what is tried by itself, what is undone, and what goes on without. */

/**
 * What a failure that no link takes over leads to.
 *
 *   compensate         the workflow goes back over all that was done, and ends failed
 *   compensate-branch  it goes back over what led to this step alone, and goes on without that branch
 *   continue           it goes on without what can't be reached any more
 *   stop               it ends failed, and nothing is undone
 */
export type OnFailure = 'compensate' | 'compensate-branch' | 'continue' | 'stop'

/** A person is asked before the step counts as failed. */
export interface ReviewPolicy {
  readonly queue: string
  /** `invalid-output`: its output did not satisfy `validate`; `failure`: any other error. */
  readonly on: readonly ('failure' | 'invalid-output')[]
}

/** What the engine tries by itself, so many times in the life of a workflow, before a failure counts. */
export type RecoveryPolicy = { readonly attempts: number } & (
  | { readonly strategy: 'retry' }
  /** Back to before a step, or over so many steps that completed last. */
  | { readonly strategy: 'rollback'; readonly to: string }
  | { readonly strategy: 'rollback'; readonly steps: number }
  /** Back to the latest checkpoint. */
  | { readonly strategy: 'restore' }
  /** A person is asked, whichever step it is. */
  | { readonly strategy: 'manual'; readonly queue: string }
)

export interface CompensationPolicy {
  /** One step could not be undone: are the others undone all the same, or does the workflow end where it stands? */
  readonly onError: 'continue' | 'halt'
}

/** After so many completed steps, or when so much time has passed since the last one. */
export type CheckpointPolicy = { readonly everySteps: number } | { readonly everyMs: number }
