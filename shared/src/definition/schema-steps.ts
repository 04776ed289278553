/**
 * The kinds of step, authored with the fields of their work on the step itself, and read into the contract's form.
 *
 * A kind's schema names its own fields; `nest` moves them into `work`.
 */
import { z } from 'zod'
import { RETRY_PRESETS, type RetryPolicy } from '../policy/retry.ts'
import { isJsonObject, type JsonObject } from '../values/json.ts'
import type {
  ApprovalWork,
  ChoiceWork,
  ExecutorWork,
  FunctionWork,
  MapWork,
  SyncWork,
  TaskWork,
  WaitWork,
  WorkflowWork,
} from './definition.ts'
import { duration } from './durations.ts'
import { reviewable } from './schema-failure.ts'
import { breakable, limited, sla } from './schema-limits.ts'
import { cel, id, mapping, retry, strict, text } from './schema-parts.ts'

const HOUR_MS = 3_600_000
const DEFAULT_TIMEOUT_MS = 30_000
/** A wait is for the world outside and a map for all of its items, so the default of a single attempt would only cut them short. */
const WAIT_TIMEOUT_MS = 7 * 24 * HOUR_MS
const MAP_TIMEOUT_MS = HOUR_MS

const attemptable = (timeoutMs: number, retries: RetryPolicy) => ({
  title: text.exactOptional(),
  input: mapping.exactOptional(),
  timeoutMs: duration(1).default(timeoutMs),
  retry: retry.default(retries),
  validate: cel.exactOptional(),
  takesMs: duration(1).exactOptional(),
  yields: strict({ cost: z.number().min(0), upToMs: duration(0) }).exactOptional(),
})

const compensate = { compensate: id.exactOptional() }
const ofWork = attemptable(DEFAULT_TIMEOUT_MS, RETRY_PRESETS.standard)
const ofWait = attemptable(WAIT_TIMEOUT_MS, RETRY_PRESETS.none)
const ofMap = attemptable(MAP_TIMEOUT_MS, RETRY_PRESETS.none)
const cacheable = { cache: strict({ ttlMs: duration(1) }).exactOptional() }

/** How a step is reached, and where its failure leads. */
const inGraph = {
  join: z.union([z.enum(['all', 'any']), z.int().min(1)], { error: 'expected all, any or a number' }).default('all'),
  fallback: id.exactOptional(),
  optional: z.boolean().exactOptional(),
  sla: sla.exactOptional(),
}

const ofChoice = {
  title: text.exactOptional(),
  timeoutMs: duration(1).default(DEFAULT_TIMEOUT_MS),
  retry: retry.default(RETRY_PRESETS.none),
  cases: z
    .array(strict({ when: cel, to: id }))
    .min(1)
    .exactOptional(),
  otherwise: id.exactOptional(),
}

const ofApproval = {
  title: text.exactOptional(),
  input: mapping.exactOptional(),
  timeoutMs: duration(1).default(WAIT_TIMEOUT_MS),
  retry: retry.default(RETRY_PRESETS.none),
}
const approvalFields = {
  type: z.literal('approval'),
  queue: id,
  role: id.exactOptional(),
  needed: z.int().min(1).max(100).default(1),
  onReject: z.enum(['fail', 'continue']).default('fail'),
}

const taskFields = {
  type: z.literal('task'),
  capability: id,
  kind: z.enum(['robot', 'human', 'ai']).exactOptional(),
  leaseMs: duration(1).default(15_000),
  mayFinishOffline: z.boolean().default(true),
}
const functionFields = { type: z.literal('function'), function: id }
const executorFields = {
  type: z.literal('executor'),
  executor: id,
  with: z.custom<JsonObject>(isJsonObject, { error: 'expected an object of parameters' }),
}

const workflowFields = {
  type: z.literal('workflow'),
  definition: id,
  version: z.int().min(1).exactOptional(),
  onCancel: z.enum(['cancel', 'leave']).default('cancel'),
  onUndo: z.enum(['undo', 'leave']).default('undo'),
}

const syncFields = {
  type: z.literal('sync'),
  barrier: cel,
  parties: z.int().min(1).max(1_000),
  onTimeout: z.enum(['fail', 'proceed']).default('fail'),
}

const waitOn = z.discriminatedUnion('kind', [
  strict({ kind: z.literal('signal'), signal: id }),
  strict({ kind: z.literal('time'), delayMs: duration(0) }),
  strict({ kind: z.literal('step'), facility: cel, key: cel, step: id }),
  strict({ kind: z.literal('workflow'), facility: cel, key: cel }),
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

const nestExecutor = <Flat extends ExecutorWork>({ type, executor, with: parameters, ...common }: Flat) => {
  const work: ExecutorWork = { type, executor, with: parameters }
  return { ...common, work }
}

const nestWait = <Flat extends WaitWork>({ type, on, ...common }: Flat) => {
  const work: WaitWork = { type, on }
  return { ...common, work }
}

/** Nobody works on it: its cases are read as links (sugar.ts). */
const nestChoice = <Flat extends ChoiceWork>({ type, ...common }: Flat) => {
  const work: ChoiceWork = { type }
  return { ...common, work }
}

const nestApproval = <Flat extends ApprovalWork>({ type, queue, role, needed, onReject, ...common }: Flat) => {
  const work: ApprovalWork = { type, queue, needed, onReject, ...(role === undefined ? {} : { role }) }
  return { ...common, work }
}

const nestWorkflow = <Flat extends WorkflowWork>({ type, definition, version, onCancel, onUndo, ...common }: Flat) => {
  const work: WorkflowWork = { type, definition, onCancel, onUndo, ...(version === undefined ? {} : { version }) }
  return { ...common, work }
}

const nestSync = <Flat extends SyncWork>({ type, barrier, parties, onTimeout, ...common }: Flat) => {
  const work: SyncWork = { type, barrier, parties, onTimeout }
  return { ...common, work }
}

const nestMap = <Flat extends MapWork>({ type, over, each, ...common }: Flat) => {
  const work: MapWork = { type, over, each }
  return { ...common, work }
}

const each = z.discriminatedUnion('type', [
  strict({ ...ofWork, ...breakable, ...reviewable, ...compensate, ...taskFields }).transform(nestTask),
  strict({ ...ofWork, ...breakable, ...reviewable, ...compensate, ...functionFields }).transform(nestFunction),
  strict({ ...ofWork, ...breakable, ...reviewable, ...compensate, ...executorFields }).transform(nestExecutor),
])

export const step = z.discriminatedUnion('type', [
  strict({ ...ofWork, ...breakable, ...reviewable, ...compensate, ...inGraph, ...taskFields }).transform(nestTask),
  strict({ ...ofWork, ...breakable, ...reviewable, ...compensate, ...inGraph, ...cacheable, ...functionFields }).transform(nestFunction),
  strict({ ...ofWork, ...breakable, ...reviewable, ...compensate, ...inGraph, ...cacheable, ...executorFields }).transform(nestExecutor),
  strict({ ...ofWait, ...reviewable, ...inGraph, type: z.literal('wait'), on: waitOn }).transform(nestWait),
  strict({ ...ofMap, ...reviewable, ...inGraph, type: z.literal('map'), over: cel, each }).transform(nestMap),
  strict({ ...ofWait, ...reviewable, ...compensate, ...inGraph, ...workflowFields }).transform(nestWorkflow),
  strict({ ...ofWait, ...reviewable, ...inGraph, ...syncFields }).transform(nestSync),
  strict({ ...ofChoice, ...inGraph, type: z.literal('choice') }).transform(nestChoice),
  strict({ ...ofApproval, ...inGraph, ...approvalFields }).transform(nestApproval),
])

/** A compensation isn't compensated itself. */
export const compensation = z.discriminatedUnion('type', [
  strict({ ...ofWork, ...limited, ...taskFields }).transform(nestTask),
  strict({ ...ofWork, ...limited, ...functionFields }).transform(nestFunction),
  strict({ ...ofWork, ...limited, ...executorFields }).transform(nestExecutor),
])
