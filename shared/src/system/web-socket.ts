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
  // `close` always follows, and mostly without words of its own.
  let words = ''
  socket.on('error', (error) => {
    words = error.message
  })
  socket.once('close', (code, reason) => handlers.onClose(code, reason.length > 0 ? reason.toString() : words))
}

export interface DialOptions {
  readonly url: string
  readonly token: string
  readonly maxFrameBytes: number
  readonly handshakeTimeoutMs: number
}

/** An upgrade that was answered with something else has no close code; these stand for the two kinds, as in link/close.ts. */
const refusedBy = (status: number): [code: number, reason: string] =>
  status === 401 || status === 403 ? [4401, `HTTP ${status}`] : [4500, `HTTP ${status}`]

export const dialWebSocket =
  ({ url, token, maxFrameBytes, handshakeTimeoutMs }: DialOptions): Dial =>
  (handlers) => {
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      handshakeTimeout: handshakeTimeoutMs,
    })
    let answered: number | undefined
    socket.once('open', () => handlers.onOpen())
    socket.once('unexpected-response', (_request, response) => {
      answered = response.statusCode
      socket.terminate()
    })
    attach(socket, {
      ...handlers,
      onClose: (code, reason) => (answered === undefined ? handlers.onClose(code, reason) : handlers.onClose(...refusedBy(answered))),
    })
    return connectionOf(socket)
  }

/** Accepts upgrades that were found worthy; compression is off, because a small frame could inflate to any size. */
export const socketAcceptor = (maxFrameBytes: number) => {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxFrameBytes })
  return (request: IncomingMessage, socket: Duplex, head: Buffer, accept: (connection: Connection) => ConnectionHandlers): void => {
    server.handleUpgrade(request, socket, head, (accepted) => attach(accepted, accept(connectionOf(accepted))))
  }
}
