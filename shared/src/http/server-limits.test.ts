import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SERVER_LIMITS } from './server-limits.ts'

describe('GOV-4 what the server refuses before the API sees it', () => {
  let server: Server

  beforeEach(async () => {
    server = createServer(SERVER_LIMITS, (_request, response) => response.end('reached'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => server.close())

  const exchange = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      let received = ''
      socket.on('data', (chunk) => {
        received += chunk
      })
      socket.on('close', () => resolve(received.split('\r\n')[0] ?? ''))
      socket.on('error', reject)
    })

  test.each([
    ['B9 a header of 20 kB', `Host: a\r\nX: ${'x'.repeat(20_000)}\r\n`, '431'],
    ['B9 2,000 headers', `Host: a\r\n${'X: y\r\n'.repeat(2_000)}`, '431'],
    ['B10 two lengths', 'Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n', '400'],
    ['B10 a length and chunks', 'Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n', '400'],
    ['B10 no host', '', '400'],
  ])('GOV-4 %s', async (_what, headers, status) => {
    expect(await exchange(`POST / HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`)).toContain(status)
  })
})
