/** The socket at which children of a hub knock: their token says who they are. */
import type { Child, Hub } from '../engine/hub.ts'
import { bearerOf } from '../http/bearer.ts'
import { MAX_FRAME_BYTES } from '../link/index.ts'
import { refuseUpgrade, type Upgrade } from './server.ts'
import { tokenLookup } from './tokens.ts'
import { socketAcceptor } from './web-socket.ts'

export const LINK_PATH = '/link'

export interface EnrolledChild extends Child {
  readonly tokenHash: string
}

export const linkDoor = (hub: Hub, enrolled: readonly EnrolledChild[], onUnknown: () => void): Upgrade => {
  const childOf = tokenLookup(enrolled)
  const accept = socketAcceptor(MAX_FRAME_BYTES)
  return (request, socket, head) => {
    const child = childOf(bearerOf(request.headers.authorization) ?? '')
    if (child !== undefined) return accept(request, socket, head, (connection) => hub.accept(child, connection))
    onUnknown()
    refuseUpgrade(socket, 401, 'Unauthorized')
  }
}
