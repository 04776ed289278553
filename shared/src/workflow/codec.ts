/**
 * Entries as they lie in a log: positional arrays, small because a facility keeps millions of them.
 *
 *   [type code, milliseconds since the previous entry, actor, …fields in the order of their schema]
 *
 * An actor is written as text the first time and by index after that; times inside an event are differences to its own; an absent
 * field is null, or cut when nothing follows. Codes and the order of fields never change: an event whose meaning changes gets a
 * new code. A value that is large is held as a reference; who codes says how, and where the value itself is.
 */
import { ZodExactOptional, type ZodType } from 'zod'
import type { Json } from '../values/json.ts'
import { EVENT_SCHEMAS, type EventType, type KnownEvent, type LogEntry, type WorkflowEvent } from './event.ts'

const CODES: Readonly<Record<EventType, number>> = {
  created: 1,
  started: 2,
  paused: 3,
  resumed: 4,
  'priority-set': 5,
  signalled: 6,
  'turned-back': 7,
  completed: 8,
  failed: 9,
  cancelled: 10,
  'step-ready': 11,
  'step-skipped': 12,
  'step-cancelled': 13,
  'resource-awaited': 14,
  'fanned-out': 15,
  offered: 16,
  declined: 17,
  running: 18,
  validating: 19,
  'step-succeeded': 20,
  'attempt-failed': 21,
  'step-failed': 22,
  stopped: 23,
  compensating: 24,
  compensated: 25,
  'compensation-failed': 26,
  'late-result': 27,
  'follow-up-wanted': 28,
  'follow-up-started': 29,
  conflict: 30,
  verdict: 31,
  'agent-registered': 32,
  'agent-came': 33,
  'agent-went': 34,
  rewound: 35,
  'given-up': 36,
  reopened: 37,
  'items-resumed': 38,
  'review-wanted': 39,
  reviewed: 40,
  'approval-given': 41,
  recovering: 42,
  discarded: 43,
  checkpointed: 44,
  'child-ended': 50,
  'stage-entered': 55,
  migrated: 62,
  'breaker-opened': 65,
  'breaker-half-opened': 66,
  'breaker-closed': 67,
  'deadline-set': 68,
  'deadline-at-risk': 69,
  'deadline-breached': 70,
  'handed-over': 71,
  'conflict-settled': 76,
  'consistency-set': 86,
}

/** Fields whose content is a user's, and those that are lists of such: each may be held as a reference (values/reference.ts). */
const VALUES: ReadonlySet<string> = new Set(['input', 'output', 'payload'])
const LISTS: ReadonlySet<string> = new Set(['items'])

const TIMES: ReadonlySet<string> = new Set(['retryAt', 'dueAt', 'breachAt', 'atRiskAt', 'until'])

interface Shape {
  readonly type: EventType
  readonly schema: ZodType<KnownEvent>
  readonly fields: readonly { readonly name: string; readonly optional: boolean }[]
}

const isEventType = (type: string): type is EventType => type in CODES

const shapeOf = (type: EventType): Shape => {
  const members: Readonly<Record<string, ZodType>> = EVENT_SCHEMAS[type].shape
  const fields = Object.entries(members).filter(([name]) => name !== 'type')
  return {
    type,
    schema: EVENT_SCHEMAS[type],
    fields: fields.map(([name, schema]) => ({ name, optional: schema instanceof ZodExactOptional })),
  }
}

const SHAPES = new Map<EventType, Shape>()
const SHAPES_BY_CODE = new Map<number, Shape>()
for (const type of Object.keys(CODES)) {
  if (!isEventType(type)) continue
  const shape = shapeOf(type)
  SHAPES.set(type, shape)
  SHAPES_BY_CODE.set(CODES[type], shape)
}

/**
 * Which code stands for which event, and the order of its fields: `?` marks one that may be absent, `@` a time. No version may change what
 * an earlier one wrote by; it may add codes, and fields that may be absent behind the others.
 */
export const eventLayouts = (): readonly { readonly code: number; readonly type: EventType; readonly fields: readonly string[] }[] =>
  [...SHAPES.values()].map(({ type, fields }) => ({
    code: CODES[type],
    type,
    fields: fields.map(({ name, optional }) => `${name}${optional ? '?' : ''}${TIMES.has(name) ? '@' : ''}`),
  }))

/** What coding the next entry depends on: the time of the last one and the actors met so far, in order. */
export interface CodecContext {
  readonly at: number
  readonly actors: readonly string[]
}

export const EMPTY_CONTEXT: CodecContext = { at: 0, actors: [] }

const remember = (context: CodecContext, { at, by }: LogEntry): CodecContext => ({
  at,
  actors: context.actors.includes(by) ? context.actors : [...context.actors, by],
})

/** How one value of a user's is held in a log, and what it was. */
export type ValueCoder = (value: Json) => Json

const AS_IT_IS: ValueCoder = (value) => value

/** @param put what a log holds of a value */
export const encodeEntry = (
  entry: LogEntry,
  context: CodecContext,
  put = AS_IT_IS,
): { readonly coded: readonly Json[]; readonly context: CodecContext } => {
  const { at, by, event } = entry
  const known = context.actors.indexOf(by)
  const coded: Json[] = [event.type === 'unknown' ? event.code : CODES[event.type], at - context.at, known < 0 ? by : known]
  if (event.type === 'unknown') coded.push(...event.fields)
  else pushFields(coded, event, at, put)
  return { coded, context: remember(context, entry) }
}

const pushFields = (coded: Json[], event: KnownEvent, at: number, put: ValueCoder): void => {
  const members: { readonly [field: string]: Json | undefined } = event
  let { length } = coded
  for (const { name } of SHAPES.get(event.type)?.fields ?? []) {
    const member = members[name]
    coded.push(member === undefined ? null : typeof member === 'number' && TIMES.has(name) ? member - at : coderOf(name, put)(member))
    if (member !== undefined) length = coded.length
  }
  coded.length = length
}

/** What becomes of an event's field when its values are coded so. */
export const coderOf = (field: string, coder: ValueCoder): ValueCoder => {
  if (VALUES.has(field)) return coder
  return LISTS.has(field) ? (list) => (isList(list) ? list.map(coder) : list) : AS_IT_IS
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

/**
 * @param open gives back the value that a field stands for
 *
 * Never fails: what is not understood comes back as `unknown`, with the context's time and a nameless actor where even those are missing.
 */
export const decodeEntry = (
  coded: readonly Json[],
  context: CodecContext,
  open = AS_IT_IS,
): { readonly entry: LogEntry; readonly context: CodecContext } => {
  const [code, elapsed, actor, ...fields] = coded
  const told = context.at + (typeof elapsed === 'number' ? elapsed : 0)
  // A moment that no clock can show would spoil whatever is sorted or written by it.
  const at = Math.abs(told) <= Number.MAX_SAFE_INTEGER ? told : context.at
  const by = typeof actor === 'number' ? (context.actors[actor] ?? '?') : typeof actor === 'string' ? actor : '?'
  const entry = { at, by, event: decodeEvent(typeof code === 'number' ? code : -1, fields, at, open) }
  return { entry, context: remember(context, entry) }
}

const decodeEvent = (code: number, fields: readonly Json[], at: number, open: ValueCoder): WorkflowEvent => {
  const shape = SHAPES_BY_CODE.get(code)
  if (shape === undefined) return { type: 'unknown', code, fields }
  const members: Record<string, Json> = { type: shape.type }
  shape.fields.forEach(({ name, optional }, place) => {
    const member = fields[place]
    if (member === undefined || (member === null && optional)) return
    members[name] = typeof member === 'number' && TIMES.has(name) ? member + at : coderOf(name, open)(member)
  })
  const parsed = shape.schema.safeParse(members)
  return parsed.success ? parsed.data : { type: 'unknown', code, fields }
}
