/**
 * Edits of one field that did not know of each other (CON-4). Yjs lets one of them win, the same everywhere; which one lost is told here,
 * since nothing of its text is left in the document afterwards.
 *
 *   the update's edit stands on what stands here      nothing is lost: its author had seen it
 *   it stands on something older                      one of the two is lost, the one that is not there after applying
 */
import * as Y from 'yjs'
import { FIELDS } from './fields.ts'
import type { Replica } from './replica.ts'

export interface LostEdit {
  /** `title`, or `label.` and its name. */
  readonly field: string
  readonly kept: string
  readonly lost: string
  /** Whether what was kept is what came with the update. */
  readonly cameLast: boolean
}

interface Edit {
  readonly value: string
  /** What its author had last seen there. */
  readonly on: string
}

const nameOf = ({ client, clock }: { readonly client: number; readonly clock: number }): string => `${client}.${clock}`

/** The fields' last edits in an update, each with what the first of them stood on; asked before it is applied. */
const editsIn = ({ doc }: Replica, update: Uint8Array): ReadonlyMap<string, Edit> => {
  const edits = new Map<string, Edit>()
  const keys = new Map<string, string>()
  for (const struct of Y.decodeUpdate(update).structs) {
    if (!(struct instanceof Y.Item) || struct.id.clock < Y.getState(doc.store, struct.id.client)) continue
    const on = struct.origin === null ? '' : nameOf(struct.origin)
    // Not applied yet, an item names its root where it stands on nothing.
    const key = String(struct.parent) === FIELDS ? struct.parentSub : (keys.get(on) ?? keyOf(doc, struct.origin))
    const [value]: unknown[] = struct.content.getContent()
    if (key === null || key === undefined || typeof value !== 'string') continue
    keys.set(nameOf(struct.id), key)
    edits.set(key, { value, on: edits.get(key)?.on ?? on })
  }
  return edits
}

/** Which field an item of this document is an edit of. */
const keyOf = (doc: Y.Doc, origin: Y.ID | null): string | null => {
  if (origin === null || origin.clock >= Y.getState(doc.store, origin.client)) return null
  const item = Y.getItem(doc.store, origin)
  return item instanceof Y.Item && item.parent === doc.getMap(FIELDS) ? item.parentSub : null
}

/** Applies an update that the guard let pass, and tells which edits of fields were lost over it. */
export const applyAndCompare = (replica: Replica, update: Uint8Array): readonly LostEdit[] => {
  const fields = replica.doc.getMap<unknown>(FIELDS)
  const met = [...editsIn(replica, update)].flatMap(([field, edit]) => {
    const before = fields.get(field)
    const standing = fields._map.get(field)
    const isMet = typeof before === 'string' && before !== edit.value && standing !== undefined && nameOf(standing.lastId) !== edit.on
    return isMet ? [{ field, before, edit }] : []
  })
  replica.apply(update)
  return met.map(({ field, before, edit: { value } }) => {
    const cameLast = fields.get(field) === value
    return { field, kept: cameLast ? value : before, lost: cameLast ? before : value, cameLast }
  })
}
