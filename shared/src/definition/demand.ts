/** What an attempt of this kind asks of the limits, drawn once when its definition is compiled. */
import type { Demand } from './compiled.ts'
import type { Attemptable, Definition, Work } from './definition.ts'

/** @param id of the step or compensation */
export const demandOf = (definition: Definition, id: string, spec: Attemptable & { readonly work: Work }): Demand | undefined => {
  const { work, needs = [], rate, breaker } = spec
  const asked = askedFor(work)
  if (asked === undefined) return undefined
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

/** Nobody carries out a wait, a map or a choice. */
const askedFor = (work: Work): string | undefined => {
  switch (work.type) {
    case 'task':
      return work.capability
    case 'function':
      return work.function
    case 'executor':
      return work.executor
    case 'wait':
    case 'map':
    case 'choice':
      return undefined
  }
}
