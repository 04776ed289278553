/**
 * A TCP proxy that can be cut: real sockets, a real cut. It stands between two processes so that tests and demonstrations need no
 * flag inside either of them.
 *
 *   open       bytes pass both ways and are counted
 *   cut        connections are reset, new ones refused at once
 *   silent     connections stay, nothing passes (half-open)
 */
import { connect, createServer, type Server, type Socket } from 'node:net'

export type ProxyMode = 'open' | 'cut' | 'silent'

export interface TcpProxy {
  readonly port: number
  /** Bytes passed since the last `count`, by direction. */
  readonly passed: { readonly up: number; readonly down: number }
  /** Starts counting from zero. */
  count(): void
  set(mode: ProxyMode): void
  close(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
}

export const openTcpProxy = async (target: { readonly host: string; readonly port: number }): Promise<TcpProxy> => {
  let mode: ProxyMode = 'open'
  let passed = { up: 0, down: 0 }
  const pairs = new Set<Pair>()
  const server = createServer((client) => {
    if (mode === 'cut') return client.resetAndDestroy()
    const pair = { client, server: connect(target.port, target.host) }
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      client.destroy()
      pair.server.destroy()
    }
    for (const socket of [client, pair.server]) {
      socket.setNoDelay(true)
      socket.on('error', end).on('close', end)
      if (mode === 'silent') socket.pause()
    }
    relay(client, pair.server, (bytes) => {
      passed = { ...passed, up: passed.up + bytes }
    })
    relay(pair.server, client, (bytes) => {
      passed = { ...passed, down: passed.down + bytes }
    })
  })
  const port = await listen(server)
  return {
    port,
    get passed() {
      return passed
    },
    count: () => {
      passed = { up: 0, down: 0 }
    },
    set: (next) => {
      mode = next
      for (const { client, server: upstream } of pairs) {
        if (next === 'cut') {
          client.resetAndDestroy()
          upstream.resetAndDestroy()
        } else if (next === 'silent') for (const socket of [client, upstream]) socket.pause()
        else for (const socket of [client, upstream]) socket.resume()
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const { client, server: upstream } of pairs) {
          client.destroy()
          upstream.destroy()
        }
        server.close(() => resolve())
      }),
  }
}

const relay = (from: Socket, to: Socket, count: (bytes: number) => void): void => {
  from.on('data', (data) => {
    count(data.length)
    if (!to.write(data)) from.pause()
  })
  to.on('drain', () => from.resume())
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new TypeError('a listening TCP server has an address'))
      else resolve(address.port)
    })
  })
