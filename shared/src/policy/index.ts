export { isRetryable, LASTING_CODES, PASSING_CODES } from './errors.ts'
export { type FailedAttempt, type NextAttempt, nextAttempt, RETRY_PRESETS, type RetryPolicy, type RetryPreset } from './retry.ts'
