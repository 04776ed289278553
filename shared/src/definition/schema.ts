/**
 * The authored form of a definition: the contract's shape, made comfortable.
 *
 *   authored                                   becomes
 *   type: task, capability: pick (on a step)   work: {type, capability, …}
 *   each: {type: task, …}                      each: {work: {…}, …}
 *   timeoutMs: 30s                             timeoutMs: 30000
 *   retry: standard                            the preset's numbers; single numbers given on a retry replace the standard's
 *   (absent)                                   the default written beside each field
 *
 * The contract's own form is accepted as well, so a stored definition reads as itself. Objects are strict: an unknown key is an error that
 * names the nearest known one.
 */
import { z } from 'zod'
import { RETRY_PRESETS, type RetryPolicy } from '../policy/retry.ts'
import { isJsonObject, type Json, type JsonObject } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Definition, DefinitionProblem, FunctionWork, MapWork, TaskWork, WaitWork } from './definition.ts'
import { duration } from './durations.ts'
import { flattenWork } from './flatten.ts'
import { didYouMean } from './nearest.ts'
import { problemsOfIssue } from './problem.ts'

export const MAX_STEPS = 2_000
export const MAX_LINKS = 10_000

const HOUR_MS = 3_600_000
const DEFAULT_TIMEOUT_MS = 30_000
/** A wait is for the world outside and a map for all of its items, so the default of a single attempt would only cut them short. */
const WAIT_TIMEOUT_MS = 7 * 24 * HOUR_MS
const MAP_TIMEOUT_MS = HOUR_MS

/** One line per unknown key, in the order of the issue's `keys`. */
const strict = <Shape extends z.ZodRawShape>(shape: Shape, expected = 'an object') =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `unknown key "${key.slice(0, 64)}"${didYouMean(key, Object.keys(shape))}`).join('\n')
        : `expected ${expected}`,
  })

const id = z.string().regex(/^[a-z0-9_-]{1,64}$/, { error: 'expected 1 to 64 characters of a–z, 0–9, "_" and "-"' })
const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'expected 1 to 64 letters, digits, "_" or "-"' })
const text = z.string().min(1).max(500)
const cel = z.string().min(1)
const mapping = z.record(name, cel)

const { standard } = RETRY_PRESETS
const retryFields = strict(
  {
    strategy: z.enum(['none', 'fixed', 'linear', 'exponential']).default(standard.strategy),
    maxAttempts: z.int().min(1).max(100).default(standard.maxAttempts),
    initialDelayMs: duration(0).default(standard.initialDelayMs),
    maxDelayMs: duration(0).default(standard.maxDelayMs),
    multiplier: z.number().min(1).max(10).default(standard.multiplier),
    jitter: z.boolean().default(standard.jitter),
    retryOn: z.array(text).min(1).readonly().exactOptional(),
    neverRetryOn: z.array(text).readonly().exactOptional(),
  },
  `${Object.keys(RETRY_PRESETS).join(', ')} or an object`,
)

const presets: ReadonlyMap<unknown, RetryPolicy> = new Map(Object.entries(RETRY_PRESETS))
const retry = z.preprocess((authored) => presets.get(authored) ?? authored, retryFields)

const attemptable = (timeoutMs: number, retries: RetryPolicy) => ({
  title: text.exactOptional(),
  input: mapping.exactOptional(),
  timeoutMs: duration(1).default(timeoutMs),
  retry: retry.default(retries),
  validate: cel.exactOptional(),
})

const compensate = { compensate: id.exactOptional() }
const ofWork = attemptable(DEFAULT_TIMEOUT_MS, standard)
const ofWait = attemptable(WAIT_TIMEOUT_MS, RETRY_PRESETS.none)
const ofMap = attemptable(MAP_TIMEOUT_MS, RETRY_PRESETS.none)
const join = { join: z.union([z.enum(['all', 'any']), z.int().min(1)], { error: 'expected all, any or a number' }).default('all') }

const taskFields = {
  type: z.literal('task'),
  capability: id,
  kind: z.enum(['robot', 'human', 'ai']).exactOptional(),
  leaseMs: duration(1).default(15_000),
  mayFinishOffline: z.boolean().default(true),
}
const functionFields = { type: z.literal('function'), function: id }

const waitOn = z.discriminatedUnion('kind', [
  strict({ kind: z.literal('signal'), signal: id }),
  strict({ kind: z.literal('time'), delayMs: duration(0) }),
  strict({ kind: z.literal('step'), facility: cel, key: cel, step: id }),
])

const nestTask = <Flat extends TaskWork>(flat: Flat) => {
  const { type, capability, kind, leaseMs, mayFinishOffline, ...common } = flat
  const work: TaskWork = { type, capability, leaseMs, mayFinishOffline, ...(kind === undefined ? {} : { kind }) }
  return { ...common, work }
}

const nestFunction = <Flat extends FunctionWork>({ type, function: called, ...common }: Flat) => {
  const work: FunctionWork = { type, function: called }
  return { ...common, work }
}

const nestWait = <Flat extends WaitWork>({ type, on, ...common }: Flat) => {
  const work: WaitWork = { type, on }
  return { ...common, work }
}

const nestMap = <Flat extends MapWork>({ type, over, each, ...common }: Flat) => {
  const work: MapWork = { type, over, each }
  return { ...common, work }
}

const each = z.discriminatedUnion('type', [
  strict({ ...ofWork, ...compensate, ...taskFields }).transform(nestTask),
  strict({ ...ofWork, ...compensate, ...functionFields }).transform(nestFunction),
])

const step = z.discriminatedUnion('type', [
  strict({ ...ofWork, ...compensate, ...join, ...taskFields }).transform(nestTask),
  strict({ ...ofWork, ...compensate, ...join, ...functionFields }).transform(nestFunction),
  strict({ ...ofWait, ...join, type: z.literal('wait'), on: waitOn }).transform(nestWait),
  strict({ ...ofMap, ...join, type: z.literal('map'), over: cel, each }).transform(nestMap),
])

/** A compensation isn't compensated itself. */
const compensation = z.discriminatedUnion('type', [
  strict({ ...ofWork, ...taskFields }).transform(nestTask),
  strict({ ...ofWork, ...functionFields }).transform(nestFunction),
])

const link = strict({
  from: id,
  to: id,
  trigger: z.enum(['complete', 'fail', 'all']).default('complete'),
  when: cel.exactOptional(),
  sourcePort: name.exactOptional(),
  targetPort: name.exactOptional(),
})

const cancel = strict({
  pointOfNoReturn: id.exactOptional(),
  late: strict({
    outcome: z.enum(['keep', 'compensate', 'ask']).default('ask'),
    start: strict({ definition: id, input: mapping.exactOptional() }).exactOptional(),
  }).exactOptional(),
})

const authored = strict({
  name: id,
  version: z.int().min(1).max(1_000_000).default(1),
  title: text.exactOptional(),
  description: z.string().max(10_000).exactOptional(),
  inputSchema: z.custom<JsonObject>(isJsonObject, { error: 'expected a JSON Schema object' }).exactOptional(),
  timeoutMs: duration(1).exactOptional(),
  steps: z.record(id, step).refine((steps) => Object.keys(steps).length <= MAX_STEPS, { error: `at most ${MAX_STEPS} steps` }),
  links: z.array(link).max(MAX_LINKS).default([]),
  compensations: z.record(id, compensation).default({}),
  output: mapping.exactOptional(),
  shares: z.array(id).max(MAX_STEPS).exactOptional(),
  onFailure: z.enum(['compensate', 'stop']).default('compensate'),
  cancel: cancel.default({}),
})

/** Sharing nothing is said by saying nothing, so that both have one hash. */
const definitionSchema = z.preprocess(flattenWork, authored).transform(({ shares = [], ...read }): Definition => {
  const definition = { ...read, title: read.title ?? read.name }
  return shares.length === 0 ? definition : { ...definition, shares }
})

/** @returns all problems at once; their paths are of the authored form */
export const readDefinition = (value: Json): Result<Definition, DefinitionProblem[]> => {
  const read = definitionSchema.safeParse(value, { reportInput: true })
  return read.success ? ok(read.data) : err(read.error.issues.flatMap(problemsOfIssue))
}
