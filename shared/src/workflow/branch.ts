/**
 * The branch that a failed step stands at the end of: the step, and of the steps before it those from which every way leads into the
 * branch. Whoever sends elsewhere too has done so for others, and stays done.
 */
import type { Draft } from './draft.ts'
import { withItems } from './scope.ts'

/** Nothing when the branch reaches back to every beginning: then it is the workflow that has failed. */
export const branchOf = ({ definition, state }: Draft, ref: number): readonly number[] | undefined => {
  const branch = new Set([ref])
  const queue = [ref]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const { from } of definition.steps[at]?.incoming ?? []) {
      const leadsHere = definition.steps[from]?.outgoing.every(({ to }) => branch.has(to)) === true
      if (!leadsHere || branch.has(from)) continue
      branch.add(from)
      queue.push(from)
    }
  }
  return definition.entries.every((entry) => branch.has(entry)) ? undefined : withItems(state, branch)
}
