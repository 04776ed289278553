/** Waiting, where a decision could only be proposed, for what its authority says of it (C6). */
import type { Clock } from '../ports/clock.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { WorkflowState } from '../workflow/state.ts'
import type { Engine } from './engine.ts'
import { ANSWER_WITHIN_MS } from './held-answers.ts'
import type { Answer } from './inputs.ts'

type Judged = Result<Answer, Refusal>

/** @returns the verdict; `unknown` when none has come in time, though it still may */
export const verdictOn = async (
  engine: Pick<Engine, 'onCommitted' | 'read'>,
  clock: Clock,
  workflow: string,
  proposed: Answer,
): Promise<Judged> => {
  const { promise, resolve } = Promise.withResolvers<Judged>()
  const stop = engine.onCommitted(({ news }) => {
    for (const { id, state } of news) {
      const judged = id === workflow ? judgedIn(state, proposed) : undefined
      if (judged !== undefined) resolve(judged)
    }
  })
  const cancel = clock.after(ANSWER_WITHIN_MS, () => resolve(ok({ ...proposed, outcome: 'unknown' })))
  // It may have come before anybody listened.
  const unit = await engine.read(workflow)
  const already = unit.ok && unit.value?.state !== undefined ? judgedIn(unit.value.state, proposed) : undefined
  if (already !== undefined) resolve(already)
  const judged = await promise
  stop()
  cancel()
  return judged
}

/** A creation that was proposed before is known by the workflow that came of it. */
const judgedIn = ({ verdicts }: WorkflowState, { proposal, ...answer }: Answer): Judged | undefined => {
  if (proposal === undefined) return ok({ ...answer, outcome: 'decided' })
  const verdict = verdicts.find(({ journal, n }) => journal === proposal.journal && n === proposal.n)
  if (verdict === undefined) return undefined
  return verdict.accepted ? ok({ ...answer, outcome: 'decided' }) : err(refusal('fix-request', verdict.code, verdict.explanation))
}
