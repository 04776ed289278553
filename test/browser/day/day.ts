/**
 * One engine's day, the same in a page and in a process: it opens on whatever the store holds, is handed the day's work and brings it to
 * its end. Handed in twice, work is begun once; so a day that was broken off is gone through again from its beginning.
 */
import { fixedAuthority } from '@holdfast/shared/consistency'
import { type AuditLine, auditStore, ENGINE_SCHEMAS, type Engine, openEngine } from '@holdfast/shared/engine'
import type { Clock, Performer, Random, Store } from '@holdfast/shared/ports'
import { err, isJsonObject, type Json, ok, type Result, workflowIdOf } from '@holdfast/shared/values'
import { DEFINITIONS, INPUTS, type Kind } from './definitions.ts'

const HOME = 'tablet'
export const SCHEMAS = ENGINE_SCHEMAS
const KINDS: readonly Kind[] = ['row', 'fan', 'saga', 'nap', 'call']

export interface Platform {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
}

/** How a workflow ended; the state and the head of its log hold times. */
export interface End {
  readonly status: string
  readonly steps: readonly string[]
  readonly output: Json
  readonly state: Json
  readonly length: number
  readonly head: string
}

type Ends = Readonly<Partial<Record<Kind, End>>>

type Numbers = { readonly to?: Json; readonly numbers?: Json }

const number = (value: Json | undefined): number => (typeof value === 'number' ? value : Number.NaN)
const inputOf = (input: Json): Numbers => (isJsonObject(input) ? input : {})

const does = (perform: (input: Numbers) => Result<Json, { code: string; message: string }>): Performer => ({
  safety: 'idempotent',
  perform: async ({ input }) => perform(inputOf(input)),
})

const FUNCTIONS = new Map([
  ['add', does(({ to }) => ok(number(to) + 1))],
  ['sum', does(({ numbers }) => ok(Array.isArray(numbers) ? numbers.reduce((sum, each) => sum + number(each), 0) : 0))],
  ['refuse', does(() => err({ code: 'validation', message: 'the road is closed' }))],
])

export interface Day {
  readonly ends: Ends
  /** What verifying the logs finds in the store afterwards. */
  readonly audit: readonly AuditLine[]
}

/** Goes through the day. @param rest lets the second of the nap pass */
export const goThrough = async (platform: Platform, rest: () => void): Promise<Day> => {
  const engine = await openDay(platform)
  await begin(engine)
  await reached(engine, ({ row, fan, saga }) => [row, fan, saga].every(hasEnded))
  rest()
  if (!hasEnded((await endsOf(engine)).call)) await callOut(engine)
  const ends = await reached(engine, (found) => KINDS.every((kind) => hasEnded(found[kind])))
  await engine.close()
  const audit: AuditLine[] = []
  for await (const line of auditStore(platform.store)) audit.push(line)
  return { ends, audit }
}

const openDay = async ({ store, clock, random }: Platform): Promise<Engine> => {
  const { engine } = orThrow(
    await openEngine({
      node: 'tablet',
      nodeNumber: 7,
      authority: fixedAuthority([HOME]),
      store,
      clock,
      random,
      definitions: Object.values(DEFINITIONS),
      functions: FUNCTIONS,
      heartbeatMs: 10_000,
      rightsOf: () => ({ nodes: new Set(), authority: false, mayPropose: false, mayWriteText: false, maxBytes: 0 }),
    }),
  )
  return engine
}

/** Hands the day's work in, one piece after the other. */
const begin = async (engine: Engine): Promise<void> => {
  for (const kind of KINDS) {
    const { hash } = DEFINITIONS[kind]
    const command = {
      type: 'create',
      home: HOME,
      key: kind,
      definition: hash,
      title: kind,
      priority: 'normal',
      input: INPUTS[kind],
    } as const
    orThrow(await engine.submit({ kind: 'will', workflow: workflowIdOf(HOME, kind), home: HOME, command, by: 'ann', reason: 'a new day' }))
  }
}

const callOut = async (engine: Engine): Promise<void> => {
  const command = { type: 'signal', name: 'called', id: 'call-1', payload: { number: 41 } } as const
  orThrow(await engine.submit({ kind: 'will', workflow: workflowIdOf(HOME, 'call'), home: HOME, command, by: 'ann', reason: 'a call' }))
}

const hasEnded = (end: End | undefined): boolean => end !== undefined && ['completed', 'failed', 'cancelled'].includes(end.status)

const reached = async (engine: Engine, isReached: (ends: Ends) => boolean): Promise<Ends> => {
  for (;;) {
    const ends = await endsOf(engine)
    if (isReached(ends)) return ends
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const endsOf = async (engine: Engine): Promise<Ends> => {
  const ends: Partial<Record<Kind, End>> = {}
  for (const kind of KINDS) {
    const unit = orThrow(await engine.read(workflowIdOf(HOME, kind)))
    if (unit?.state === undefined) continue
    const { status, steps, output = null } = unit.state
    const state: Json = JSON.parse(JSON.stringify({ ...unit.state, sent: null, marks: null }))
    ends[kind] = { status, steps: steps.map((step) => step.status), output, state, length: unit.length, head: unit.headHex }
  }
  return ends
}

const orThrow = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
