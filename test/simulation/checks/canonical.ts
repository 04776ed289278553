/** Two states compared: they are the same if they say the same, whatever members they lack or hold as undefined. */
import type { WorkflowState } from '@holdfast/shared/workflow'

export const sameState = (one: WorkflowState | undefined, other: WorkflowState | undefined): boolean => isSame(one, other)

/** Called for every commit of every world, so it makes no lists of members. */
const isSame = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  if (!hasMembers(one) || !hasMembers(other) || Array.isArray(one) !== Array.isArray(other)) return false
  for (const name in one) if (!isSame(one[name], other[name])) return false
  for (const name in other) if (one[name] === undefined && other[name] !== undefined) return false
  return true
}

const hasMembers = (value: unknown): value is { readonly [name: string]: unknown } => typeof value === 'object' && value !== null
