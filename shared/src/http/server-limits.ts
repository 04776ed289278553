/**
 * For `http.createServer`, of which they must be constructor options. Node's own limits leave a connection that sends its headers slowly
 * open for a minute, its body for five, and accept 16 KiB of headers.
 */
export const SERVER_LIMITS = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
} as const
