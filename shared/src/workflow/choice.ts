/**
 * A choice begins and ends at once: the first of its cases that holds is the way on. That none holds is its failure, which a fail link
 * or a fallback may take over.
 */
import { specOf } from './attempt.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import { linksSent } from './links.ts'
import { failStep, succeedStep } from './outcome.ts'

export const choose = (draft: Draft, ref: number): void => {
  const step = draft.step(ref)
  if (step === undefined) return
  const ways = linksSent(draft, specOf(draft.definition, step), 'succeeded', null)
  if (!ways.ok) failStep(draft, ref, ways.error)
  else if (ways.value.length > 0) succeedStep(draft, ref, null)
  else failStep(draft, ref, stepError('no-case-holds', 'none of its cases holds'))
}
