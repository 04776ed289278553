/**
 * Talking to a server by hand, as no well-behaved client would: bytes of HTTP as they are, and WebSocket frames with whatever bits.
 */
import { connect, type Socket } from 'node:net'

const addressOf = (url: string): { readonly port: number; readonly host: string } => {
  const { port, hostname } = new URL(url)
  return { port: Number(port), host: hostname }
}

/** Everything the server says until it hangs up. A reset after its answer is part of the play. */
export const exchange = (url: string, bytes: string | readonly Buffer[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port, host } = addressOf(url)
    const socket = connect(port, host, () => {
      for (const part of typeof bytes === 'string' ? [bytes] : bytes) socket.write(part)
    })
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.once('close', () => resolve(heard))
    socket.on('error', (error) => {
      if (heard === '') reject(error)
    })
  })

export const statusOf = (answer: string): number => Number(answer.split(' ', 2)[1])

export const upgradeLines = (headers: readonly string[]): readonly string[] => [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ...headers,
]

export const requestText = (firstLine: string, headers: readonly string[], body = ''): string =>
  `${[firstLine, ...headers].join('\r\n')}\r\n\r\n${body}`

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  /** A length to announce instead of the payload's own. */
  readonly length?: number
  readonly masked?: boolean
  /** First byte's high bits: FIN and the three reserved ones. */
  readonly flags?: number
}

const FIN = 0x80
const MASKED = 0x80

/** With an all-zero key the masked payload is the payload. */
export const frameBytes = ({ opcode, payload, length = payload.length, masked = true, flags = FIN }: Frame): Buffer => {
  const head = Buffer.from([flags | opcode, (masked ? MASKED : 0) | (length < 126 ? length : 127)])
  const long = Buffer.alloc(length < 126 ? 0 : 8)
  if (long.length > 0) long.writeBigUInt64BE(BigInt(length))
  return Buffer.concat([head, long, Buffer.alloc(masked ? 4 : 0), payload])
}

export const TEXT = 1
export const BINARY = 2
export const PING = 9

/** The status of an upgrade's answer; 101 when there is a socket. */
export const upgradeStatus = async (url: string, path: string, headers: readonly string[]): Promise<number> => {
  const { socket, head } = await upgraded(url, path, headers)
  socket.destroy()
  return statusOf(head)
}

/** Sends frames on a fresh WebSocket and gives the code with which the server closes it. */
export const closeCode = async (url: string, path: string, headers: readonly string[], frames: readonly Frame[]): Promise<number> => {
  const { socket, head, rest } = await upgraded(url, path, headers)
  if (statusOf(head) !== 101) throw new Error(`no socket: ${head}`)
  const closed = codeHeard(socket, rest)
  for (const frame of frames) socket.write(frameBytes(frame))
  const code = await closed
  socket.destroy()
  return code
}

interface Upgraded {
  readonly socket: Socket
  readonly head: string
  readonly rest: Buffer
}

const HEAD_END = '\r\n\r\n'

const upgraded = (url: string, path: string, headers: readonly string[]): Promise<Upgraded> =>
  new Promise((resolve, reject) => {
    const { port, host } = addressOf(url)
    const socket = connect(port, host, () => socket.write(requestText(`GET ${path} HTTP/1.1`, upgradeLines(headers))))
    let heard: Buffer = Buffer.alloc(0)
    const listen = (chunk: Buffer): void => {
      heard = Buffer.concat([heard, chunk])
      const end = heard.indexOf(HEAD_END)
      if (end === -1) return
      socket.off('data', listen)
      resolve({ socket, head: heard.subarray(0, end).toString('latin1'), rest: heard.subarray(end + HEAD_END.length) })
    }
    socket.on('data', listen)
    socket.on('error', reject)
  })

const CLOSE = 8

/** The server hung up without a word. */
const HUNG_UP = 1006

const codeHeard = (socket: Socket, rest: Buffer): Promise<number> =>
  new Promise((resolve) => {
    let heard = rest
    const read = (): void => {
      for (let frame = firstFrame(heard); frame !== undefined; frame = firstFrame(heard)) {
        if (frame.opcode === CLOSE) resolve(frame.payload.length < 2 ? 1005 : frame.payload.readUInt16BE(0))
        heard = heard.subarray(frame.end)
      }
    }
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk])
      read()
    })
    socket.once('close', () => resolve(HUNG_UP))
    read()
  })

/** A server's frames are never masked. */
const firstFrame = (bytes: Buffer): { readonly opcode: number; readonly payload: Buffer; readonly end: number } | undefined => {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1)
  const headLength = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < headLength) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const end = headLength + length
  return bytes.length < end ? undefined : { opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(headLength, end), end }
}
