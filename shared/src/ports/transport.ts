/**
 * A message connection between two nodes. Guarantees: messages arrive whole and in order, or the connection ends and `onClose` is
 * called once; nothing is promised about messages sent shortly before the end. `send` after the end is harmless.
 */
export interface Connection {
  send(message: Uint8Array): void
  close(code: number, reason: string): void
  /** Bytes accepted by `send` and not yet handed to the network. */
  readonly bufferedBytes: number
}

export interface ConnectionHandlers {
  onMessage(message: Uint8Array): void
  onClose(code: number, reason: string): void
}

/** Opens a connection to a fixed place. `onOpen` or `onClose` follows, never both before the other, never synchronously. */
export type Dial = (handlers: ConnectionHandlers & { onOpen(): void }) => Connection
