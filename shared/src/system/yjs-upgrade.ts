/**
 * `/yjs/⟨workflow⟩`: the door for stock Yjs providers. A program sends its token as any does; a page, whose provider can set no header,
 * offers it as a subprotocol beside `holdfast`, because a token in an address ends in logs:
 *
 *   new WebsocketProvider('wss://…/yjs', workflow, doc, { protocols: ['holdfast', `bearer.${token}`] })
 */
import type { IncomingMessage } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { bearerOf } from '../http/bearer.ts'
import type { Authenticate, Principal } from '../http/principal.ts'
import type { YjsRooms } from '../http/yjs/rooms.ts'
import { refuseUpgrade, type Upgrade } from './server.ts'

export const YJS_PATH = '/yjs/'
const SUBPROTOCOL = 'holdfast'
const TOKEN_PREFIX = 'bearer.'
const MAX_CLIENT_FRAME_BYTES = 256 * 1024

export const yjsUpgrade = (rooms: YjsRooms, authenticate: Authenticate): Upgrade => {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  return (request, socket, head) => {
    const token = tokenOf(request)
    const principal = token === undefined ? undefined : authenticate(token)
    if (principal === undefined) return refuseUpgrade(socket, 401, 'Unauthorized')
    const workflow = (request.url ?? '').split('?', 1)[0]?.slice(YJS_PATH.length) ?? ''
    void rooms.mayEnter(workflow, principal).then(
      (may) => {
        if (!may) return refuseUpgrade(socket, 404, 'Not Found')
        server.handleUpgrade(request, socket, head, (accepted) => serve(accepted, rooms, workflow, principal))
      },
      () => refuseUpgrade(socket, 503, 'Service Unavailable'),
    )
  }
}

const tokenOf = ({ headers }: IncomingMessage): string | undefined => {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
  return bearerOf(headers.authorization) ?? offered.find((each) => each.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length)
}

const serve = (socket: WebSocket, rooms: YjsRooms, workflow: string, principal: Principal): void => {
  socket.on('error', () => {})
  const session = rooms.enter(workflow, principal, {
    send: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes)
    },
    close: (code, reason) => socket.close(code, reason),
    get bufferedBytes() {
      return socket.bufferedAmount
    },
  })
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) session.receive(data)
    else socket.close(1003, 'binary only')
  })
  socket.once('close', () => session.closed())
}
