/** A workflow's document as a program has it that knows nothing of Holdfast: the stock provider for Yjs, in this process or in a page. */
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

export interface LiveDocument {
  readonly doc: Y.Doc
  readonly provider: WebsocketProvider
  /** Why the node takes nothing more from this copy, once it has said so. */
  denied(): string | undefined
  notes(): string
  /** Who else is said to be looking. */
  others(): readonly unknown[]
  close(): void
}

export const openLive = (nodeUrl: string, token: string, workflow: string, doc: Y.Doc = new Y.Doc()): LiveDocument => {
  let denied: string | undefined
  const provider = new WebsocketProvider(`${nodeUrl.replace('http', 'ws')}/yjs`, workflow, doc, {
    protocols: ['holdfast', `bearer.${token}`],
    disableBc: true,
    maxBackoffTime: 500,
  })
  // Where its own handler writes to the console, this one remembers.
  provider.messageHandlers[2] = (_encoder, decoder) => {
    denied = new TextDecoder().decode(decoder.arr.subarray(decoder.pos))
  }
  return {
    doc,
    provider,
    denied: () => denied,
    notes: () => doc.getText('notes').toString(),
    others: () => [...provider.awareness.getStates()].filter(([client]) => client !== doc.clientID).map(([, state]) => state),
    close: () => provider.destroy(),
  }
}
