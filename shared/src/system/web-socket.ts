/** Web sockets as `Connection`s (ports/transport.ts): dialled by a node, or accepted by a server. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { Connection, ConnectionHandlers, Dial } from '../ports/transport.ts'

const connectionOf = (socket: WebSocket): Connection => ({
  send: (message) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(message)
  },
  close: (code, reason) => {
    // Without a handler for what comes late, an error on a dying socket would end the process.
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
    else socket.close(code, reason)
  },
  get bufferedBytes() {
    return socket.bufferedAmount
  },
})

const attach = (socket: WebSocket, handlers: ConnectionHandlers): void => {
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) handlers.onMessage(data)
    else socket.close(1003, 'binary frames only')
  })
  // `close` always follows; the error's own words are in its reason where there are any.
  socket.on('error', () => {})
  socket.once('close', (code, reason) => handlers.onClose(code, reason.toString()))
}

export interface DialOptions {
  readonly url: string
  readonly token: string
  readonly maxFrameBytes: number
  readonly handshakeTimeoutMs: number
}

export const dialWebSocket =
  ({ url, token, maxFrameBytes, handshakeTimeoutMs }: DialOptions): Dial =>
  (handlers) => {
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      handshakeTimeout: handshakeTimeoutMs,
    })
    socket.once('open', () => handlers.onOpen())
    attach(socket, handlers)
    return connectionOf(socket)
  }

/** Accepts upgrades that were found worthy; compression is off, because a small frame could inflate to any size. */
export const socketAcceptor = (maxFrameBytes: number) => {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxFrameBytes })
  return (request: IncomingMessage, socket: Duplex, head: Buffer, accept: (connection: Connection) => ConnectionHandlers): void => {
    server.handleUpgrade(request, socket, head, (accepted) => attach(accepted, accept(connectionOf(accepted))))
  }
}
