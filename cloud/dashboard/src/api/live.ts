/**
 * The live socket, kept open.
 *
 *   connecting ──hello──▶ live
 *       ▲                  │ closed, or dropped by its owner
 *       └──wait, hurry── waiting ◀──no ticket, closed── connecting            closed: by its owner, for good
 *
 * Invariants
 *   V1  At most one socket is open, and a message of a socket that was given up is never delivered.
 *   V2  Every attempt takes a ticket of its own: a ticket is good once.
 *   V3  Waits double with each failure and start anew after a hello.
 */
import { backoffMs } from './backoff.ts'
import type { Answer } from './client.ts'
import type { LiveMessage } from './types.ts'

export type LivePhase = 'connecting' | 'live' | 'waiting'

export interface LiveOptions {
  ticket(): Promise<Answer<string>>
  open(ticket: string): WebSocket
  random(): number
  onPhase(phase: LivePhase): void
  onMessage(message: LiveMessage): void
  onUnauthorized(): void
}

export interface Live {
  /** Gives up a socket that is silent though the node is known to be gone, and begins again. */
  drop(): void
  /** Tries now instead of waiting: the network is back, or a person asks. */
  hurry(): void
  close(): void
}

export const parseMessage = (text: unknown): LiveMessage | undefined => {
  if (typeof text !== 'string') return undefined
  try {
    const message: LiveMessage = JSON.parse(text)
    return message.type === 'hello' || message.type === 'workflow' || message.type === 'facility' ? message : undefined
  } catch {
    return undefined
  }
}

export const openLive = (options: LiveOptions): Live => {
  /** Each attempt has a number; whatever comes from an earlier one is ignored (V1). */
  let attempt = 0
  let failures = 0
  let phase: LivePhase = 'connecting'
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const enter = (next: LivePhase): void => {
    phase = next
    options.onPhase(next)
  }
  const leave = (): void => {
    attempt += 1
    clearTimeout(timer)
    socket?.close()
    socket = undefined
  }
  const wait = (): void => {
    leave()
    failures += 1
    timer = setTimeout(connect, backoffMs(failures, options.random()))
    enter('waiting')
  }
  const receive = (text: unknown): void => {
    const message = parseMessage(text)
    if (message === undefined) return
    if (message.type === 'hello') {
      failures = 0
      enter('live')
    }
    options.onMessage(message)
  }
  const listen = (opened: WebSocket, mine: number): void => {
    socket = opened
    opened.addEventListener('open', () => opened.send(JSON.stringify({ type: 'subscribe' })))
    opened.addEventListener('message', (event) => mine === attempt && receive(event.data))
    opened.addEventListener('close', () => mine === attempt && wait())
  }
  const connect = async (): Promise<void> => {
    leave()
    const mine = attempt
    enter('connecting')
    const ticket = await options.ticket()
    if (mine !== attempt) return
    if (ticket.ok) listen(options.open(ticket.value), mine)
    else if (ticket.failure.kind === 'unauthorized') options.onUnauthorized()
    else wait()
  }

  void connect()
  return {
    drop: () => phase === 'live' && wait(),
    hurry: () => phase === 'waiting' && void connect(),
    close: leave,
  }
}
