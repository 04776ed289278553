/** What one gateway grants its agents, in one place. */
export interface AgentLimits {
  /** How long a connection may go without saying hello. */
  readonly helloMs: number
  /** A connection that has not answered a ping by the time of the next is dead, whatever TCP believes. */
  readonly pingMs: number
  /** How long a closed connection may take to go away. */
  readonly farewellMs: number
  readonly maxConnections: number
  /** A message costs 1 and 1 more for each 4 KiB; a ping costs 1. */
  readonly costPerSecond: number
  readonly costBurst: number
  /** Bytes sent and not read yet, at which a reader is too slow. */
  readonly maxBufferedBytes: number
}

export const DEFAULT_AGENT_LIMITS: AgentLimits = {
  helloMs: 5000,
  pingMs: 10_000,
  farewellMs: 5000,
  maxConnections: 500,
  costPerSecond: 100,
  costBurst: 1000,
  maxBufferedBytes: 1024 * 1024,
}

export const COST_UNIT_BYTES = 4096
