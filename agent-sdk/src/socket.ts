/** One WebSocket to the gateway. After `drop` nothing more is reported of it. */
import { type DownMessage, frameOf, MAX_AGENT_FRAME_BYTES, parseDown, type UpMessage } from '@holdfast/shared/agent-protocol'
import type { Refusal } from '@holdfast/shared/values'
import { WebSocket } from 'ws'

export interface SocketHandlers {
  onOpen(): void
  onMessage(message: DownMessage): void
  onNonsense(refusal: Refusal): void
  onClose(code: number, reason: string): void
}

export interface Socket {
  send(message: UpMessage): void
  drop(code: number, reason: string): void
}

const HANDSHAKE_TIMEOUT_MS = 10_000

export const openSocket = (url: string, token: string, handlers: SocketHandlers): Socket => {
  const webSocket = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    maxPayload: MAX_AGENT_FRAME_BYTES,
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  })
  let refusedWith: number | undefined
  webSocket.on('unexpected-response', (request, response) => {
    refusedWith = response.statusCode
    request.destroy()
    webSocket.terminate()
  })
  webSocket.on('error', () => {}) // `close` follows, and says what is to be said.
  webSocket.on('open', () => handlers.onOpen())
  webSocket.on('close', (code, reason) => handlers.onClose(closeCodeOf(refusedWith, code), reasonOf(refusedWith, reason.toString())))
  webSocket.on('message', (data, isBinary) => {
    if (isBinary) return webSocket.close(1003, 'binary')
    const parsed = parseDown(data.toString())
    // Left unanswered: hanging up would only bring the same message again, and a gateway takes back what nobody accepts.
    if (parsed.ok) handlers.onMessage(parsed.value)
    else handlers.onNonsense(parsed.error)
  })
  return { send: (message) => sendOn(webSocket, message), drop: (code, reason) => drop(webSocket, code, reason) }
}

/** The gateway answers 401 or 403 before there is a socket to close; to the session it is the same word. */
const closeCodeOf = (status: number | undefined, code: number): number => (status === 401 || status === 403 ? 4000 + status : code)

const reasonOf = (status: number | undefined, reason: string): string => (status === undefined ? reason : `The gateway answered ${status}.`)

const sendOn = (webSocket: WebSocket, message: UpMessage): void => {
  const frame = frameOf(message)
  // Every message the session makes fits: outputs are checked before they are journalled (handler.ts).
  if (!frame.ok) throw new Error(`agent: ${frame.error.code}`)
  if (webSocket.readyState === WebSocket.OPEN) webSocket.send(frame.value)
}

const drop = (webSocket: WebSocket, code: number, reason: string): void => {
  webSocket.removeAllListeners()
  webSocket.on('error', () => {})
  webSocket.close(code, reason)
}
