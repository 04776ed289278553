/** A socket on a node's live news, and all it said so far. */
import { liveFromServer } from '@holdfast/shared/http'
import { WebSocket } from 'ws'
import type { Api } from './api.ts'
import { until } from './until.ts'

type LiveMessage = ReturnType<(typeof liveFromServer)['parse']>
export type Heard = Extract<LiveMessage, { readonly type: 'event' }>['event']

export interface Watch {
  readonly messages: readonly LiveMessage[]
  /** Events so far, in the order told. */
  events(): readonly Heard[]
  close(): void
}

export const watch = async (api: Api, wish: object): Promise<Watch> => {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/ws/workflows`, { headers: { Authorization: `Bearer ${api.token}` } })
  const messages: LiveMessage[] = []
  socket.on('message', (data: Buffer) => messages.push(liveFromServer.parse(JSON.parse(data.toString()))))
  await until('a greeting on the live socket', () => messages.at(0))
  socket.send(JSON.stringify({ type: 'subscribe', ...wish }))
  return {
    messages,
    events: () => messages.flatMap((message) => (message.type === 'event' ? [message.event] : [])),
    close: () => socket.close(),
  }
}
