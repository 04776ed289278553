/**
 * What people did at once and can't both have (I13): found in the document itself, so every node that holds the same changes finds the
 * same conflicts, settled the same way, and explains them in the same words.
 *
 *   concurrent edits   one member, several values      rule `facility-first`: the facility's own value stands, because the floor knows;
 *                                                       among equals the one that Automerge orders last
 *   crossed window     starts after it ends            nobody's single edit; to be put right by a person
 *
 * A later edit of the member has seen all values, and ends the conflict.
 */
import * as Automerge from '@automerge/automerge'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import type { Paper } from './paper.ts'
import { type Author, authorOf } from './paper-history.ts'

export interface Claim {
  readonly value: Json
  readonly by: string
  readonly at: number
  readonly message: string
  readonly isFacilitys: boolean
}

export interface PaperConflict {
  readonly path: string
  readonly rule: 'facility-first' | 'last-edit' | 'crossed-window'
  readonly claims: readonly Claim[]
  /** What stands, where a rule settles it. */
  readonly stands?: Json
  readonly explanation: string
}

export const conflictsOf = (paper: Paper): readonly PaperConflict[] => {
  const authors = authorsOf(paper)
  const found = [...membersOf(paper.doc, '')].flatMap(({ holder, key, path }) => {
    const values = Automerge.getConflicts(holder, key)
    if (values === undefined || Object.keys(values).length < 2) return []
    const claims = Object.entries(values).map(([operation, value]) => claimOf(operation, value, authors))
    const isAgreed = claims.every(({ value }) => canonicalJson(value) === canonicalJson(plain(holder[key])))
    return isAgreed ? [] : [settled(path, claims, plain(holder[key]))]
  })
  return [...found, ...crossedWindows(paper.content)]
}

/** The content with every settled conflict as its rule says. */
export const settledContent = (paper: Paper): JsonObject =>
  conflictsOf(paper).reduce<JsonObject>(
    (content, { path, stands }) => (stands === undefined ? content : replaced(content, path.split('.'), stands)),
    paper.content,
  )

interface Written extends Author {
  readonly at: number
  readonly actor: string
  readonly from: number
  readonly to: number
}

/** By actor and numbers of operations: an operation's id is ⟨number⟩@⟨actor⟩. */
const authorsOf = (paper: Paper): readonly Written[] =>
  Automerge.getChangesMetaSince(paper.doc, []).map(({ actor, startOp, maxOp, time, message }) => ({
    actor,
    from: startOp,
    to: maxOp,
    at: time,
    ...authorOf(message),
  }))

const claimOf = (operation: string, value: unknown, authors: readonly Written[]): Claim => {
  const [digits, actor] = operation.split('@')
  const number = Number(digits)
  const author = authors.find((each) => each.actor === actor && each.from <= number && number <= each.to)
  const { by, message, isFacilitys } = author ?? authorOf(null)
  return { value: plain(value), by, at: author?.at ?? 0, message, isFacilitys }
}

const settled = (path: string, claims: readonly Claim[], shown: Json): PaperConflict => {
  const floor = claims.filter(({ isFacilitys }) => isFacilitys)
  const [own] = floor
  const all = claims.map(({ by, value }) => `${by} wrote ${JSON.stringify(value)}`).join(', ')
  if (own !== undefined && floor.length === 1 && floor.length < claims.length) {
    const explanation = `${path}: ${all}, neither knowing of the other. The facility's own stands, because the floor knows.`
    return { path, rule: 'facility-first', claims, stands: own.value, explanation }
  }
  return {
    path,
    rule: 'last-edit',
    claims,
    stands: shown,
    explanation: `${path}: ${all}, neither knowing of the other. The last in order stands.`,
  }
}

const crossedWindows = ({ items }: JsonObject): readonly PaperConflict[] =>
  Object.entries(isJsonObject(items) ? items : {}).flatMap(([id, item]) => {
    if (!isJsonObject(item) || typeof item.startAt !== 'number' || typeof item.endAt !== 'number' || item.startAt <= item.endAt) return []
    const path = `items.${id}`
    const explanation = `${path} starts ${(item.startAt - item.endAt) / 1_000} s after it ends. Somebody has to put it right.`
    return [{ path, rule: 'crossed-window', claims: [], explanation } as const]
  })

interface Member {
  readonly holder: Automerge.Doc<JsonObject>
  readonly key: string
  readonly path: string
}

function* membersOf(holder: Automerge.Doc<JsonObject>, path: string): Generator<Member> {
  for (const key of Object.keys(holder).sort()) {
    const place = path === '' ? key : `${path}.${key}`
    yield { holder, key, path: place }
    const value = holder[key]
    if (isJsonObject(value)) yield* membersOf(value, place)
  }
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value))

const replaced = (content: JsonObject, [key, ...rest]: readonly string[], value: Json): JsonObject => {
  if (key === undefined) return content
  const inner = content[key]
  return { ...content, [key]: rest.length === 0 || !isJsonObject(inner) ? value : replaced(inner, rest, value) }
}
