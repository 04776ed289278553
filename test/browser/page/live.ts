/** The stock provider in a page. */
import { type LiveDocument, openLive } from '../../support/live-document.ts'

let live: LiveDocument | undefined

const opened = (): LiveDocument => {
  if (live === undefined) throw new Error('no document is open')
  return live
}

Object.assign(globalThis, {
  openDocument: (nodeUrl: string, token: string, workflow: string) => {
    live = openLive(nodeUrl, token, workflow)
  },
  notes: () => opened().notes(),
  write: (text: string) => opened().doc.getText('notes').insert(0, text),
  push: (root: string) =>
    opened()
      .doc.getArray(root)
      .push([['forged']]),
  denied: () => opened().denied(),
  looks: (name: string) => opened().provider.awareness.setLocalStateField('user', { name }),
  others: () => opened().others(),
})
