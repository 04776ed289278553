/** A hub's copy to attack, the rights of its neighbours, and hand-made updates that no honest node would write. */
import * as encoding from 'lib0/encoding'
import type * as Y from 'yjs'
import { editNotes, setTitle } from './fields.ts'
import { judgeUpdate } from './guard.ts'
import { openReplica, type Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { ALL_RIGHTS, Author, clientOf, codeOf, entry, proposeOn, rawUpdate, replicaOf, sameBytes, unwrap } from './test-support.ts'

export const TABLET = 7
export const HEAD = '0'.repeat(64)
export const tabletRights: Rights = { nodes: new Set([TABLET]), authority: false, mayPropose: true, mayWriteText: true, maxBytes: 64_000 }
export const gatewayRights: Rights = { ...ALL_RIGHTS, nodes: new Set([1, TABLET]) }

/** A hub's copy with a log, a proposal, notes and a title; and the updates that made it. */
export const household = (): { hub: Replica; author: Author; updates: Uint8Array[] } => {
  const author = new Author(1, 1)
  const tablet = openReplica(clientOf(TABLET))
  author.append([entry(1), entry(2)])
  const others = [
    proposeOn(tablet, 'tablet', 1),
    unwrap(setTitle(tablet, 'Load')),
    unwrap(editNotes(tablet, { at: 0, remove: 0, insert: 'a 😀 b' })),
  ]
  const updates = [...author.updates, ...others]
  for (const update of others) author.replica.apply(update)
  return { hub: replicaOf(clientOf(100), updates), author, updates }
}

/** The code an update is refused with, and whether the document is byte for byte, and root for root, as before. */
export const verdictOf = (hub: Replica, update: Uint8Array, rights: Rights): { readonly code: string; readonly unchanged: boolean } => {
  const before = hub.encode()
  const roots = hub.doc.share.size
  const code = codeOf(judgeUpdate(hub, update, rights))
  return { code, unchanged: sameBytes(hub.encode(), before) && hub.doc.share.size === roots }
}

export const from = (node: number, updates: readonly Uint8Array[], edit: (doc: Y.Doc) => void): Uint8Array =>
  rawUpdate(clientOf(node, 9), updates, edit)

/** Hand-made bytes: one section of one client. */
export const bytesOf = (
  client: number,
  clock: number,
  structs: readonly ((encoder: encoding.Encoder) => void)[],
  deletes: readonly number[] = [0],
): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint(encoder, structs.length)
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
    for (const struct of structs) struct(encoder)
    for (const number of deletes) encoding.writeVarUint(encoder, number)
  })

export const item =
  (root: string, write: (encoder: encoding.Encoder) => void, kind = 8) =>
  (encoder: encoding.Encoder): void => {
    encoding.writeUint8(encoder, kind)
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarString(encoder, root)
    write(encoder)
  }

export const anyItem = (root: string, value: encoding.AnyEncodable) =>
  item(root, (encoder) => {
    encoding.writeVarUint(encoder, 1)
    encoding.writeAny(encoder, value)
  })

export const bytesOfDeletes = (client: number, ranges: readonly (readonly [number, number])[]): Uint8Array =>
  encoding.encode((encoder) => {
    for (const number of [0, 1, client, ranges.length, ...ranges.flat()]) encoding.writeVarUint(encoder, number)
  })
