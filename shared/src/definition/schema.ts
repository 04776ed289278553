/**
 * The authored form of a definition: the contract's shape, made comfortable.
 *
 *   authored                                   becomes
 *   type: task, capability: pick (on a step)   work: {type, capability, …}
 *   each: {type: task, …}                      each: {work: {…}, …}
 *   timeoutMs: 30s                             timeoutMs: 30000
 *   retry: standard                            the preset's numbers; single numbers given on a retry replace the standard's
 *   cases, otherwise, fallback                 links, behind those written as such
 *   (absent)                                   the default written beside each field
 *
 * The contract's own form is accepted as well, so a stored definition reads as itself. Objects are strict: an unknown key is an error that
 * names the nearest known one.
 */
import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import { type Definition, type DefinitionProblem, GUARDED_DECISIONS } from './definition.ts'
import { duration } from './durations.ts'
import { flattenWork } from './flatten.ts'
import { problemsOfIssue } from './problem.ts'
import { consistency } from './schema-consistency.ts'
import { checkpoints, compensationPolicy, onFailure, recovery } from './schema-failure.ts'
import { lifecycle } from './schema-lifecycle.ts'
import { limits, sla } from './schema-limits.ts'
import { cel, id, mapping, name, strict, tags, text, version } from './schema-parts.ts'
import { compensation, step } from './schema-steps.ts'
import { impliedLinks, withoutWaysOn } from './sugar.ts'

/** As many as the largest published workflows have; each costs a workflow in memory about 200 bytes, and each event of it a copied pointer. */
export const MAX_STEPS = 10_000
export const MAX_LINKS = 40_000

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

const guard = strict({ on: z.enum(GUARDED_DECISIONS), require: cel, reason: text })

const authored = strict({
  name: id,
  version,
  title: text.exactOptional(),
  description: z.string().max(10_000).exactOptional(),
  tags: tags.exactOptional(),
  inputSchema: z.custom<JsonObject>(isJsonObject, { error: 'expected a JSON Schema object' }).exactOptional(),
  timeoutMs: duration(1).exactOptional(),
  sla: sla.exactOptional(),
  limits: limits.exactOptional(),
  steps: z.record(id, step).refine((steps) => Object.keys(steps).length <= MAX_STEPS, { error: `at most ${MAX_STEPS} steps` }),
  links: z.array(link).max(MAX_LINKS).default([]),
  compensations: z.record(id, compensation).default({}),
  output: mapping.exactOptional(),
  shares: z.array(id).max(MAX_STEPS).exactOptional(),
  onFailure,
  compensation: compensationPolicy.exactOptional(),
  retryBudget: z.int().min(0).max(1_000_000).exactOptional(),
  recovery: recovery.exactOptional(),
  checkpoints: checkpoints.exactOptional(),
  cancel: cancel.default({}),
  guards: z.array(guard).max(64).exactOptional(),
  consistency: consistency.exactOptional(),
  lifecycle: lifecycle.exactOptional(),
})

/** Sharing nothing is said by saying nothing, so that both have one hash. */
const definitionSchema = z.preprocess(flattenWork, authored).transform(({ shares = [], steps, links, ...read }): Definition => {
  const implied = Object.entries(steps).flatMap(([id, step]) => impliedLinks(id, step).map(({ link }) => link))
  const plain = Object.fromEntries(Object.entries(steps).map(([id, step]) => [id, withoutWaysOn(step)]))
  const definition = { ...read, title: read.title ?? read.name, steps: plain, links: [...links, ...implied] }
  return shares.length === 0 ? definition : { ...definition, shares }
})

/** @returns all problems at once; their paths are of the authored form */
export const readDefinition = (value: Json): Result<Definition, DefinitionProblem[]> => {
  const read = definitionSchema.safeParse(value, { reportInput: true })
  return read.success ? ok(read.data) : err(read.error.issues.flatMap(problemsOfIssue))
}
