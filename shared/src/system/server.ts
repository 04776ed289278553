/**
 * One HTTP server with web sockets beside it: routes by a Hono app, sockets by path. Binds to loopback unless told otherwise.
 *
 * An upgrade is refused before anything is allocated for it: unknown path 404, foreign Host 421, foreign Origin 403.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { SERVER_LIMITS } from '../http/server-limits.ts'

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface ServerOptions {
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Names this server goes by, without port, lower case. */
  readonly hosts: readonly string[]
  /** By path; one that ends with a slash takes what is one name below it. */
  readonly upgrades: ReadonlyMap<string, Upgrade>
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const server = createServer(SERVER_LIMITS, getRequestListener(options.fetch))
  server.on('upgrade', (request, socket, head) => routeUpgrade(options, request, socket, head))
  await listen(server, options)
  const { port } = addressOf(server)
  return { url: `http://${options.host}:${port}`, port, close: () => closeServer(server) }
}

const routeUpgrade = ({ upgrades, hosts }: ServerOptions, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
  // A socket that breaks while it is being refused must not bring the process down.
  socket.on('error', () => socket.destroy())
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const upgrade = upgrades.get(path) ?? upgrades.get(path.slice(0, path.lastIndexOf('/') + 1))
  if (upgrade === undefined) return refuseUpgrade(socket, 404, 'Not Found')
  if (!hosts.includes(hostOf(request.headers.host))) return refuseUpgrade(socket, 421, 'Misdirected Request')
  if (!isOwnOrigin(request)) return refuseUpgrade(socket, 403, 'Forbidden')
  upgrade(request, socket, head)
}

const hostOf = (header: string | undefined): string => (header ?? '').toLowerCase().replace(/:\d+$/, '')

/** Browsers always say where a page came from; programs don't, and have nothing a foreign page could borrow. */
const isOwnOrigin = ({ headers }: IncomingMessage): boolean => {
  if (headers.origin === undefined) return true
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host
}

export const refuseUpgrade = (socket: Duplex, status: number, reason: string): void => {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

const listen = (server: Server, { host, port }: ServerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const addressOf = (server: Server): AddressInfo => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a listening TCP server has an address')
  return address
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
