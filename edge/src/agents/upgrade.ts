/** The HTTP side of an agent's connection: who may have a socket, and the plain answer to who may not. */
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

export const AGENTS_PATH = '/agents'

export type Denial = { readonly status: 400 | 401 | 403 | 405 | 503; readonly code: string }

export const deny = (socket: Duplex, { status, code }: Denial): void => {
  const title = STATUS_CODES[status] ?? ''
  const body = JSON.stringify({ type: `urn:holdfast:problem:${code}`, title, status, instance: AGENTS_PATH })
  const headers = [
    `HTTP/1.1 ${status} ${title}`,
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(status === 401 ? ['www-authenticate: Bearer'] : []),
    ...(status === 503 ? ['retry-after: 5'] : []),
  ]
  // Destroyed once written: a caller that never closes its half would keep the descriptor.
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
