/**
 * Other ways of writing a definition, seen as the one the schema reads:
 *
 *   the contract's form, work nested           the work's fields on the step itself
 *   type: http, with: {…}                      type: executor, executor: http, with: {…}
 */
import { isJsonObject, type JsonObject } from '../values/json.ts'

/** Kinds of step that are no plug-ins. */
const KINDS: ReadonlySet<unknown> = new Set(['task', 'function', 'wait', 'map', 'choice', 'approval', 'workflow', 'sync', 'executor'])

/** Anything that isn't another form passes unchanged; judging it is the schema's business. */
export const flattenWork = (value: unknown): unknown => {
  if (!isJsonObject(value)) return value
  const { steps, compensations } = value
  return {
    ...value,
    ...(isJsonObject(steps) ? { steps: mapMembers(steps) } : {}),
    ...(isJsonObject(compensations) ? { compensations: mapMembers(compensations) } : {}),
  }
}

const mapMembers = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, isJsonObject(member) ? flattenStep(member) : member]))

const flattenStep = (step: JsonObject): JsonObject => {
  const { work, ...common } = step
  const flat = nameExecutor(isJsonObject(work) && step.type === undefined ? { ...common, ...work } : step)
  return isJsonObject(flat.each) ? { ...flat, each: flattenStep(flat.each) } : flat
}

/** Any other kind with parameters is a plug-in's; without, it is a kind mistyped. `http` is on every gateway, so it is known at sight. */
const nameExecutor = (step: JsonObject): JsonObject => {
  const { type } = step
  if (typeof type !== 'string' || KINDS.has(type) || (type !== 'http' && step.with === undefined)) return step
  return { ...step, type: 'executor', executor: type }
}
