/**
 * What people edit together, cloud and facility at once: a facility's catalogue, and plans.
 *
 * Everything that two may edit at once is a member of a map under an id of its own, and every rule here is about one member by itself: so
 * what two edits are right about, their merge is right about too. Rules across members (a window that ends before it begins) are not
 * refusals but conflicts; `paper-conflicts.ts` finds them.
 */
import * as z from 'zod'
import { catalogueIdOf, isPlanId, planIdOf } from '../../values/ids.ts'
import type { JsonObject } from '../../values/json.ts'

export type PaperKind = 'plan' | 'catalogue'

const id = z.string().regex(/^[a-z0-9_-]{1,64}$/, 'must be 1 to 64 of a–z, 0–9, _ and -')
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a hash')
const line = (maxLength: number) => z.string().min(1).max(maxLength)
/** Milliseconds since 1970. */
const moment = z.int().nonnegative()
const MAX_MEMBERS = 10_000

const mapOf = <Value extends z.ZodType>(key: z.ZodString, value: Value) =>
  z.record(key, value).refine((members) => Object.keys(members).length <= MAX_MEMBERS, `holds at most ${MAX_MEMBERS}`)

export const planItem = z.strictObject({
  facility: id,
  /** What is to be done: a definition to start, or a workflow that is under way. */
  definition: id.exactOptional(),
  workflow: z.string().max(64).exactOptional(),
  agent: id.exactOptional(),
  resource: id.exactOptional(),
  startAt: moment,
  endAt: moment,
  note: z.string().max(2_000).exactOptional(),
})

export const plan = z.strictObject({
  /** Names it within its facility, for ever: its id is made of it. */
  key: line(200),
  title: line(500),
  state: z.enum(['draft', 'agreed', 'withdrawn']),
  /** Merges as text. */
  notes: z.string().max(50_000),
  items: mapOf(id, planItem),
})

export const catalogue = z.strictObject({
  /** Content hash → the definition as JSON text. */
  definitions: mapOf(hash, z.string().max(1_000_000)),
  /** Rule id → the rule as JSON text. */
  rules: mapOf(id, z.string().max(100_000)),
  /** Name → a policy as JSON text, to be named in definitions. */
  presets: mapOf(id, z.string().max(10_000)),
})

const SCHEMAS: { readonly [Kind in PaperKind]: z.ZodType<JsonObject> } = { plan, catalogue }

/** Which paper of which home. */
export interface PaperName {
  readonly id: string
  readonly home: string
  readonly kind: PaperKind
}

/** The kind of paper a document's id may name at a home; undefined for ids of other documents. */
export const paperNamed = (id: string, home: string): PaperName | undefined => {
  if (id === catalogueIdOf(home)) return { id, home, kind: 'catalogue' }
  return isPlanId(id) ? { id, home, kind: 'plan' } : undefined
}

export interface Misfit {
  readonly path: string
  readonly message: string
}

/** What does not fit, all of it; nothing when all does. */
export const misfitsOf = ({ id, home, kind }: PaperName, content: JsonObject): readonly Misfit[] => {
  const checked = SCHEMAS[kind].safeParse(content)
  if (!checked.success) return checked.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  const isNamedRight = kind === 'catalogue' || (typeof content.key === 'string' && planIdOf(home, content.key) === id)
  return isNamedRight ? [] : [{ path: 'key', message: 'is not the one it was made with' }]
}

/** Texts of which two edits at once are merged, letter by letter; every other member has one winner. */
export const MERGED_TEXTS: { readonly [Kind in PaperKind]: readonly string[] } = { plan: ['notes'], catalogue: [] }
