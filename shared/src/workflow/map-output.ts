/** All items of a map have settled: what they gave, in the order of the list, is what the map gives. */
import { MissingValue } from '../values/reference.ts'
import { type Draft, unusable } from './draft.ts'
import { stepError, valueMissing } from './errors.ts'
import { failStep, succeedStep } from './outcome.ts'
import type { MapItems } from './state.ts'

export const succeedMap = (draft: Draft, ref: number, { first, count }: MapItems): void => {
  const outputs = draft.state.steps.slice(first, first + count).map(({ output }) => output ?? null)
  const missing = outputs.find((output) => output instanceof MissingValue)
  if (missing !== undefined) return failStep(draft, ref, valueMissing(missing))
  const problem = unusable(outputs)
  if (problem === undefined) succeedStep(draft, ref, outputs)
  else failStep(draft, ref, stepError('output-unusable', `the list of outputs can't be kept: ${problem}`))
}
