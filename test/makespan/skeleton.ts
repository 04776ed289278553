/**
 * What of a definition decides how long it takes when all goes well: its steps, what each waits for, and its joins. Every condition is
 * taken to hold, since data decides it. Links of failures are left out, and with them the steps that nothing else leads to.
 */
import type { CompiledDefinition, CompiledStep } from '@holdfast/shared/definition'

export interface Skeleton {
  readonly name: string
  readonly ids: readonly string[]
  readonly links: readonly (readonly [from: number, to: number])[]
  readonly needs: ReadonlyMap<number, number>
  /** Steps that only a failure reaches. */
  readonly leftOut: readonly string[]
}

export const skeletonOf = ({ definition, steps }: CompiledDefinition): Skeleton => {
  const reached = reachedBySuccess(steps)
  const kept = steps.filter(({ index }) => reached.has(index))
  const numberOf = new Map(kept.map(({ index }, number) => [index, number]))
  const sourcesOf = (step: CompiledStep): readonly number[] => [
    ...new Set(step.incoming.flatMap(({ from, spec }) => (spec.trigger === 'fail' ? [] : (numberOf.get(from) ?? [])))),
  ]
  return {
    name: definition.name,
    ids: kept.map(({ id }) => id),
    links: kept.flatMap((step, to) => sourcesOf(step).map((from) => [from, to] as const)),
    needs: new Map(kept.flatMap((step, number) => needOf(step, number, sourcesOf(step).length))),
    leftOut: steps.filter(({ index }) => !reached.has(index)).map(({ id }) => id),
  }
}

const needOf = ({ spec }: CompiledStep, number: number, sources: number): readonly (readonly [number, number])[] => {
  if (sources === 0 || spec.join === 'all') return []
  return [[number, spec.join === 'any' ? 1 : Math.min(spec.join, sources)]]
}

const reachedBySuccess = (steps: readonly CompiledStep[]): ReadonlySet<number> => {
  const reached = new Set<number>()
  const waiting = steps.filter(({ incoming }) => incoming.length === 0)
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    if (reached.has(step.index)) continue
    reached.add(step.index)
    for (const { to, spec } of step.outgoing) if (spec.trigger !== 'fail') waiting.push(...steps.slice(to, to + 1))
  }
  return reached
}
