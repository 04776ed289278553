/**
 * When a failed attempt is tried again (RES-1).
 *
 *   delay after attempt n:   fixed        initial
 *                            linear       initial · n
 *                            exponential  initial · multiplier^(n−1)          each at most `maxDelayMs`
 *
 * With jitter the delay is drawn from ±25 % around that, yet never above `maxDelayMs`. The draw is a hash of the attempt's id, so every
 * replay and every node agrees on the moment of the next try while different attempts still spread out.
 */
import { sha256Hex } from '../values/hash.ts'
import { isRetryable } from './errors.ts'

export interface RetryPolicy {
  readonly strategy: 'none' | 'fixed' | 'linear' | 'exponential'
  /** All tries together, the first included. */
  readonly maxAttempts: number
  readonly initialDelayMs: number
  readonly maxDelayMs: number
  readonly multiplier: number
  /** ±25 %, drawn from the attempt's id so that every replay agrees. */
  readonly jitter: boolean
  /** Error codes; when given, only these are tried again, whatever their class. */
  readonly retryOn?: readonly string[]
  /** Error codes that end it at once; stronger than `retryOn`. */
  readonly neverRetryOn?: readonly string[]
}

export type RetryPreset = 'standard' | 'aggressive' | 'conservative' | 'none'

export const RETRY_PRESETS: Readonly<Record<RetryPreset, RetryPolicy>> = {
  standard: { strategy: 'exponential', maxAttempts: 3, initialDelayMs: 500, maxDelayMs: 5_000, multiplier: 2, jitter: true },
  aggressive: { strategy: 'exponential', maxAttempts: 5, initialDelayMs: 1_000, maxDelayMs: 10_000, multiplier: 2, jitter: true },
  conservative: { strategy: 'exponential', maxAttempts: 2, initialDelayMs: 1_000, maxDelayMs: 3_000, multiplier: 1.5, jitter: false },
  none: { strategy: 'none', maxAttempts: 1, initialDelayMs: 0, maxDelayMs: 0, multiplier: 1, jitter: false },
}

export interface FailedAttempt {
  /** Number of the attempt that failed, 1 for the first. */
  readonly attempt: number
  readonly error: { readonly code: string; readonly retryable?: boolean }
  /** The attempt's id. */
  readonly seed: string
  /** How many more attempts all steps together may have tried again, where that is limited. */
  readonly budgetLeft?: number
}

export type NextAttempt =
  | { readonly again: true; readonly delayMs: number }
  | {
      readonly again: false
      readonly why: 'no-retry' | 'attempts-exhausted' | 'never-retry-on' | 'not-in-retry-on' | 'not-retryable' | 'budget-spent'
    }

export const nextAttempt = (policy: RetryPolicy, failed: FailedAttempt): NextAttempt => {
  if (policy.strategy === 'none') return { again: false, why: 'no-retry' }
  if (policy.neverRetryOn?.includes(failed.error.code)) return { again: false, why: 'never-retry-on' }
  if (policy.retryOn !== undefined) {
    if (!policy.retryOn.includes(failed.error.code)) return { again: false, why: 'not-in-retry-on' }
  } else if (!isRetryable(failed.error.code, failed.error.retryable)) return { again: false, why: 'not-retryable' }
  if (failed.attempt >= policy.maxAttempts) return { again: false, why: 'attempts-exhausted' }
  if (failed.budgetLeft !== undefined && failed.budgetLeft < 1) return { again: false, why: 'budget-spent' }
  return { again: true, delayMs: delayAfter(policy, failed.attempt, failed.seed) }
}

const delayAfter = (policy: RetryPolicy, attempt: number, seed: string): number => {
  const delay = Math.min(backOff(policy, attempt), policy.maxDelayMs)
  if (!policy.jitter) return Math.round(delay)
  const low = delay * 0.75
  const high = Math.min(delay * 1.25, policy.maxDelayMs)
  return Math.round(low + fractionOf(seed) * (high - low))
}

const backOff = (policy: RetryPolicy, attempt: number): number => {
  switch (policy.strategy) {
    case 'none':
      return 0
    case 'fixed':
      return policy.initialDelayMs
    case 'linear':
      return policy.initialDelayMs * attempt
    case 'exponential':
      // Bounded, or a delay of 0 times an overflowed power would be no number at all.
      return policy.initialDelayMs * Math.min(policy.multiplier ** (attempt - 1), Number.MAX_SAFE_INTEGER)
  }
}

const fractionOf = (seed: string): number => Number.parseInt(sha256Hex(seed).slice(0, 8), 16) / 2 ** 32
