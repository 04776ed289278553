/** JSON Merge Patch (RFC 7396) on a document under edit: only what differs is written, so that edits of different members never meet. */
import * as Automerge from '@automerge/automerge'
import { isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import { MERGED_TEXTS, type PaperKind } from './kinds.ts'

type Draft = { [key: string]: unknown }

export const applyPatch = (kind: PaperKind, draft: Automerge.Doc<JsonObject>, patch: JsonObject): void => {
  for (const [key, value] of Object.entries(patch)) {
    const isMerged = MERGED_TEXTS[kind].includes(key) && typeof value === 'string' && typeof draft[key] === 'string'
    if (isMerged) Automerge.updateText(draft, [key], value)
    else setMember(draft as Draft, key, value)
  }
}

const setMember = (draft: Draft, key: string, value: Json): void => {
  const present = draft[key]
  if (value === null) {
    if (present !== undefined) delete draft[key]
  } else if (isJsonObject(value) && isDraft(present)) {
    for (const [member, inner] of Object.entries(value)) setMember(present, member, inner)
  } else if (isJsonObject(value)) draft[key] = withoutNulls(value)
  else if (Array.isArray(value) || present !== value) draft[key] = value
}

const isDraft = (value: unknown): value is Draft => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A patch that makes a new member says with null what that lacks. */
const withoutNulls = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, isJsonObject(inner) ? withoutNulls(inner) : inner]])),
  )
