/** What the tests of this room share: small honest nodes, and hand-made Yjs bytes that no honest node would write. */
import * as Y from 'yjs'
import { clientIdOf } from '../values/node-number.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { appendTurn } from './append.ts'
import { ZERO_HEAD } from './head.ts'
import { type Place, type Proposal, propose } from './proposals.ts'
import { openReplica, type Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { type Entry, START } from './segments.ts'

export const unwrap = <T>(result: Result<T, Refusal>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

export const codeOf = (result: Result<unknown, Refusal>): string => (result.ok ? 'ok' : result.error.code)

export const entry = (n: number): Entry => [9, n, { ok: true, text: `entry ${n} ⚓` }]

export const clientOf = (node: number, life = 1): number => clientIdOf(node, life * 128)

/** An authority in one life: keeps its head and the updates it made. */
export class Author {
  readonly replica: Replica
  readonly epoch: number
  readonly life: number
  readonly updates: Uint8Array[] = []
  head: Uint8Array = ZERO_HEAD

  constructor(epoch: number, life: number, replica: Replica = openReplica(clientOf(1, life))) {
    this.epoch = epoch
    this.life = life
    this.replica = replica
  }

  append(entries: readonly Entry[], judged: readonly Place[] = []): Uint8Array {
    const { epoch, life, head } = this
    const appended = unwrap(appendTurn(this.replica, { epoch, life, head, entries, judged }))
    this.head = appended.head
    this.updates.push(appended.update)
    return appended.update
  }
}

/** The next life or epoch, standing on what the last one made. */
export const successorOf = (author: Author, epoch: number, life: number, updates: readonly Uint8Array[] = author.updates): Author => {
  const next = new Author(epoch, life, replicaOf(clientOf(epoch, life), updates))
  next.head = author.head
  return next
}

export const replicaOf = (clientId: number, updates: readonly Uint8Array[]): Replica => {
  const replica = openReplica(clientId)
  for (const update of updates) replica.apply(update)
  return replica
}

export const proposalOf = (journal: string, n: number): Proposal => ({
  journal,
  n,
  by: 'operator ann',
  at: 1_700_000_000_000 + n,
  basis: START,
  reason: 'shift change',
  content: { type: 'pause', n },
})

export const proposeOn = (replica: Replica, journal: string, n: number): Uint8Array => unwrap(propose(replica, proposalOf(journal, n)))

export const ALL_RIGHTS: Rights = { nodes: 'any', authority: true, mayPropose: true, mayWriteText: true, maxBytes: 1 << 20 }

/** The update that a raw edit of a fresh or copied document makes. */
export const rawUpdate = (clientId: number, from: readonly Uint8Array[], edit: (doc: Y.Doc) => void): Uint8Array => {
  const doc = new Y.Doc({ guid: '' })
  for (const update of from) Y.applyUpdate(doc, update)
  doc.clientID = clientId
  let made = new Uint8Array()
  doc.on('update', (update) => {
    made = new Uint8Array(update)
  })
  doc.transact(() => edit(doc))
  return made
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])
