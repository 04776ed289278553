/** What an attempt of this kind asks of the limits, drawn once when its definition is compiled. */
import type { Demand } from './compiled.ts'
import type { Attemptable, Definition, UndoWork, Work } from './definition.ts'

/** @param id of the step or compensation */
export const demandOf = (
  definition: Definition,
  id: string,
  spec: Attemptable & { readonly work: Work | UndoWork },
): Demand | undefined => {
  const { work, needs = [], rate, breaker } = spec
  const asked = askedFor(work)
  if (asked === undefined || work.type === 'undo-workflow') return undefined
  const concurrency = definition.limits?.concurrency
  return {
    type: work.type,
    work: asked,
    name: `${definition.name}:${id}`,
    needs,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { rate }),
    ...(breaker === undefined ? {} : { breaker }),
    gated: needs.length > 0 || concurrency !== undefined || rate !== undefined || breaker !== undefined,
  }
}

/** Nobody of this node's carries out the others. */
const askedFor = (work: Work | UndoWork): string | undefined => {
  switch (work.type) {
    case 'task':
      return work.capability
    case 'function':
      return work.function
    case 'executor':
      return work.executor
    default:
      return undefined
  }
}
