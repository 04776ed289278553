/** Needs that can never be met here: not refused, because there may be such a thing tomorrow, but nobody should have to find out by waiting. */
import type { CompiledDefinition, Demand } from '../definition/compiled.ts'
import { capacityOf } from './claims.ts'
import type { Limits } from './limits.ts'

export const unmetNeeds = (limits: Limits, { definition, steps }: CompiledDefinition): readonly string[] =>
  demandsIn(steps).flatMap(({ name, needs }) =>
    needs.flatMap(({ resource, amount }) => {
      const capacity = capacityOf(limits, resource)
      if (amount <= capacity) return []
      return [`${name} of version ${definition.version} will wait: it needs ${amount} of ${resource}, and there is ${capacity} here`]
    }),
  )

/** Of all that a definition's steps may ask for: themselves, what they do for each element, what undoes either. */
export const demandsIn = (steps: CompiledDefinition['steps']): readonly Demand[] => {
  const demands = new Map<string, Demand>()
  for (const { demand, each, compensation } of steps)
    for (const found of [demand, each?.demand, compensation?.demand, each?.compensation?.demand])
      if (found !== undefined) demands.set(found.name, found)
  return [...demands.values()]
}
