/**
 * Why a gateway closes an agent's connection, beyond the WebSocket's own 1003 (binary), 1007 (bad UTF-8), 1008 (too many
 * messages), 1009 (too large) and 1013 (reads too slowly). What the agent does next: `retry` comes back after a back-off,
 * `wait` comes back at the longest back-off (a person may mend it meanwhile), `leave` never comes back.
 */
export const CLOSE_CODES = {
  malformed: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  protocolUnsupported: 4406,
  helloTimeout: 4408,
  replaced: 4409,
} as const

export const afterClose = (code: number): 'retry' | 'wait' | 'leave' => {
  switch (code) {
    case CLOSE_CODES.replaced:
      return 'leave'
    case CLOSE_CODES.unauthenticated:
    case CLOSE_CODES.forbidden:
    case CLOSE_CODES.protocolUnsupported:
      return 'wait'
    default:
      return 'retry'
  }
}
