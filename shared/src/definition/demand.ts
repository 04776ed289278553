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
  const kind = kindOf(work)
  if (kind === undefined) return undefined
  const concurrency = definition.limits?.concurrency
  return {
    ...kind,
    name: `${definition.name}:${id}`,
    needs,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { rate }),
    ...(breaker === undefined ? {} : { breaker }),
    gated: needs.length > 0 || concurrency !== undefined || rate !== undefined || breaker !== undefined || waitsForHub(definition),
  }
}

/** What begins under a policy that may refuse it has to be asked for. */
const waitsForHub = ({ consistency }: Definition): boolean => consistency !== undefined && consistency.level !== 'eventual'

/** Nobody of this node's carries out the others. */
const kindOf = (work: Work | UndoWork): Pick<Demand, 'type' | 'work'> | undefined => {
  switch (work.type) {
    case 'task':
      return { type: 'task', work: work.capability }
    case 'function':
      return { type: 'function', work: work.function }
    case 'executor':
      return { type: work.executor, work: work.executor }
    default:
      return undefined
  }
}
