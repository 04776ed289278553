/**
 * What people may edit freely, and nothing that drives execution: the title and labels (a map, each entry last-writer-wins) and the
 * shift notes (text that merges). A label is removed by setting it to null, so that a removal merges like any other value.
 */

import { refuseContent } from '../values/content.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Replica } from './replica.ts'

export const FIELDS = 'fields'
export const NOTES = 'notes'
export const TITLE = 'title'
export const LABEL_PREFIX = 'label.'

export interface Fields {
  readonly title?: string
  readonly labels: ReadonlyMap<string, string>
}

export const readFields = (replica: Replica): Fields => {
  const labels = new Map<string, string>()
  if (!replica.doc.share.has(FIELDS)) return { labels }
  let title: string | undefined
  for (const [key, value] of replica.doc.getMap<Json>(FIELDS).entries()) {
    if (typeof value !== 'string') continue
    if (key === TITLE) title = value
    else if (key.startsWith(LABEL_PREFIX)) labels.set(key.slice(LABEL_PREFIX.length), value)
  }
  return title === undefined ? { labels } : { title, labels }
}

export const setTitle = (replica: Replica, title: string): Result<Uint8Array, Refusal> => setField(replica, TITLE, title)

export const setLabel = (replica: Replica, label: string, value: string | null): Result<Uint8Array, Refusal> =>
  setField(replica, `${LABEL_PREFIX}${label}`, value)

const setField = (replica: Replica, key: string, value: string | null): Result<Uint8Array, Refusal> => {
  const refused = refuseContent([key, value])
  if (refused !== undefined) return err(refused)
  return ok(replica.change(() => replica.doc.getMap<Json>(FIELDS).set(key, value)))
}

export const readNotes = (replica: Replica): string => replica.doc.getText(NOTES).toString()

/** Lengths and places count UTF-16 units, as in every JavaScript text. */
export interface NotesEdit {
  readonly at: number
  readonly remove: number
  readonly insert: string
}

export const editNotes = (replica: Replica, { at, remove, insert }: NotesEdit): Result<Uint8Array, Refusal> => {
  const text = replica.doc.getText(NOTES)
  const refused = refuseContent(insert)
  if (refused !== undefined) return err(refused)
  if (at < 0 || remove < 0 || at + remove > text.length)
    return err(refusal('fix-request', 'out-of-range', 'The edit lies outside the notes.'))
  return ok(
    replica.change(() => {
      if (remove > 0) text.delete(at, remove)
      if (insert !== '') text.insert(at, insert)
    }),
  )
}
