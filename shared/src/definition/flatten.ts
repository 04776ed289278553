/** The contract's form, with a step's work nested, seen as the authored form, with the work's fields on the step itself. */
import { isJsonObject, type JsonObject } from '../values/json.ts'

/** Anything that isn't the contract's form passes unchanged; judging it is the schema's business. */
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
  const flat = isJsonObject(work) && step.type === undefined ? { ...common, ...work } : step
  return isJsonObject(flat.each) ? { ...flat, each: flattenStep(flat.each) } : flat
}
