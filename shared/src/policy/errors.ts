/**
 * Which failures are worth another try (RES-2). A code is stable kebab-case; what it means for a retry is decided here, once:
 *
 *   passing    the same work may succeed later: the world was busy, cut off or slow
 *   lasting    the same work will fail again until somebody changes it
 *   (others)   codes of an agent's own; only their reporter knows, and silence counts as lasting, since repeating unknown work in the
 *              physical world costs more than asking
 *
 * A reporter may call a passing failure final (`retryable: false`); it can't make a lasting one pass.
 */
export const PASSING_CODES: ReadonlySet<string> = new Set([
  'timeout',
  'network',
  'connection',
  'temporary',
  'unavailable',
  'rate-limit',
  'http-408',
  'http-429',
  'http-502',
  'http-503',
  'http-504',
  'lease-lost',
  'declined',
  'output-invalid',
])

export const LASTING_CODES: ReadonlySet<string> = new Set([
  'validation',
  'authentication',
  'authorization',
  'http-400',
  'http-401',
  'http-403',
  'http-404',
  'expression-error',
  'not-a-list',
  'unknown-function',
  // Whether it happened can't be told, so doing it again might do it twice.
  'unknown-outcome',
  'cancelled',
])

/** @param reported what the reporter of the failure said, where it said anything */
export const isRetryable = (code: string, reported?: boolean): boolean => {
  if (LASTING_CODES.has(code) || reported === false) return false
  return PASSING_CODES.has(code) || reported === true
}
