/** `/ws/workflows`: live news for browsers, which come with a ticket, and for programs, which come with their token. */
import type { IncomingMessage } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { bearerOf } from '../http/bearer.ts'
import type { LiveFeed } from '../http/live-feed.ts'
import type { Authenticate, Principal } from '../http/principal.ts'
import type { TicketOffice } from '../http/tickets.ts'
import { refuseUpgrade, type Upgrade } from './server.ts'

const MAX_CLIENT_FRAME_BYTES = 16 * 1024

export const liveUpgrade = (feed: LiveFeed, tickets: TicketOffice, authenticate: Authenticate): Upgrade => {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_CLIENT_FRAME_BYTES })
  return (request, socket, head) => {
    const principal = principalOf(request, tickets, authenticate)
    if (principal === undefined) return refuseUpgrade(socket, 401, 'Unauthorized')
    server.handleUpgrade(request, socket, head, (accepted) => serve(accepted, feed, principal))
  }
}

const principalOf = ({ url, headers }: IncomingMessage, tickets: TicketOffice, authenticate: Authenticate): Principal | undefined => {
  const token = bearerOf(headers.authorization)
  if (token !== undefined) return authenticate(token)
  const ticket = new URLSearchParams((url ?? '').split('?', 2)[1]).get('ticket')
  return ticket === null ? undefined : tickets.redeem(ticket)
}

const serve = (socket: WebSocket, feed: LiveFeed, principal: Principal): void => {
  socket.on('error', () => {})
  const connection = feed.connect(
    {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text)
      },
      close: (code, reason) => socket.close(code, reason),
      get bufferedBytes() {
        return socket.bufferedAmount
      },
    },
    principal,
  )
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) socket.close(1003, 'texts only')
    else connection.receive(data.toString())
  })
  socket.once('close', () => connection.closed())
}
