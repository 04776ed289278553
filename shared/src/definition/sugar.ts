/**
 * What a step says of its ways on, spelled out as links, so that everything behind the schema knows only steps and links.
 *
 *   cases: [{when, to}], otherwise: to    (on a choice)   one link each, in this order; of a choice's links the first that holds sends
 *   fallback: to                          (on any step)   a link that a failure for good sends
 */
import type { LinkSpec } from './definition.ts'

export interface WaysOn {
  readonly cases?: readonly { readonly when: string; readonly to: string }[]
  readonly otherwise?: string
  readonly fallback?: string
}

/** A link that a step's own words imply; `said` is where, below the step, they stand. */
export interface ImpliedLink {
  readonly said: string
  readonly link: LinkSpec
}

export const impliedLinks = (from: string, { cases = [], otherwise, fallback }: WaysOn): readonly ImpliedLink[] => [
  ...cases.map(({ when, to }, index) => ({ said: `cases.${index}`, link: { from, to, when, trigger: 'complete' } as const })),
  ...(otherwise === undefined ? [] : [{ said: 'otherwise', link: { from, to: otherwise, trigger: 'complete' } as const }]),
  ...(fallback === undefined ? [] : [{ said: 'fallback', link: { from, to: fallback, trigger: 'fail' } as const }]),
]

export const withoutWaysOn = <Step extends WaysOn>(step: Step): Omit<Step, keyof WaysOn> => {
  const { cases: _cases, otherwise: _otherwise, fallback: _fallback, ...rest } = step
  return rest
}
