/** What was made of a paper, when, by whom and why; and what differs between two of its versions. */
import * as Automerge from '@automerge/automerge'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import type { Paper } from './paper.ts'

export interface PaperChange {
  /** Names the version that this change led to at its author's. */
  readonly hash: string
  readonly by: string
  readonly at: number
  readonly message: string
  readonly isFacilitys: boolean
  /** Hashes of the changes its author had seen; two with the same are concurrent. */
  readonly after: readonly string[]
}

/** Causes before effects, and what is concurrent by its time, so the order is the same wherever the same changes are. */
export const historyOf = (paper: Paper): readonly PaperChange[] => {
  const changes = Automerge.getChangesMetaSince(paper.doc, [...paper.genesis]).map(({ hash, time, message, deps }) => {
    return { hash, at: time, after: deps, ...authorOf(message) }
  })
  return inCausalOrder(changes.sort((one, other) => one.at - other.at || (one.hash < other.hash ? -1 : 1)))
}

const inCausalOrder = (changes: readonly PaperChange[]): readonly PaperChange[] => {
  const byHash = new Map(changes.map((change) => [change.hash, change]))
  const ordered = new Set<PaperChange>()
  const place = (change: PaperChange): void => {
    if (ordered.has(change)) return
    const causes = change.after.flatMap((hash) => byHash.get(hash) ?? []).filter((cause) => !ordered.has(cause))
    // A clock may have been set back between a change and its cause.
    for (const cause of causes) place(cause)
    ordered.add(change)
  }
  for (const change of changes) place(change)
  return [...ordered]
}

export interface Author {
  readonly by: string
  readonly message: string
  /** Written at the facility itself, not elsewhere for it. */
  readonly isFacilitys: boolean
}

/** What `Paper.edit` puts into a change. */
export const authorOf = (text: string | null): Author => {
  const said = parsed(text)
  if (!isJsonObject(said)) return { by: 'unknown', message: '', isFacilitys: false }
  const { by, message, floor } = said
  return { by: typeof by === 'string' ? by : 'unknown', message: typeof message === 'string' ? message : '', isFacilitys: floor === true }
}

const parsed = (text: string | null): unknown => {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface Difference {
  /** As in `items.dock-3.startAt`. */
  readonly path: string
  /** Absent where there was nothing. */
  readonly before?: Json
  readonly after?: Json
}

/** By path. A member that came or went is one difference, with all it holds. */
export const differencesOf = (before: JsonObject, after: JsonObject, path = ''): readonly Difference[] => {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key) => differenceAt(before[key], after[key], path === '' ? key : `${path}.${key}`))
}

const differenceAt = (before: Json | undefined, after: Json | undefined, path: string): readonly Difference[] => {
  if (isJsonObject(before) && isJsonObject(after)) return differencesOf(before, after, path)
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return []
  if (before === undefined && after === undefined) return []
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }]
}
