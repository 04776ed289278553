/**
 * The services that registered functions call: outside the gateway, so a call goes on when the gateway dies. What was done is
 * recorded in the ledger under the call's id.
 *
 *   idempotent   the same id is done once, however often asked
 *   queryable    does not look at ids, but can tell what became of one
 *   atMostOnce   neither: only its caller can keep from doing it twice
 */
import type { Attempt, AttemptError, Executor, Performer } from '@holdfast/shared/ports'
import { err, type Json, ok, type Result } from '@holdfast/shared/values'
import type { Frame } from './frame.ts'

type Outcome = Result<Json, AttemptError>

const LONG = 0.3
const SAFETY = { weigh: 'idempotent', price: 'queryable', charge: 'atMostOnce', invoice: 'idempotent', file: 'queryable' } as const

/** A plug-in that lifts things: what it does may be done twice under one id. */
const craneOf = (frame: Frame, node: string): Executor => ({
  parameters: {
    type: 'object',
    required: ['height'],
    properties: { height: { type: 'integer', minimum: 1 } },
    additionalProperties: false,
  },
  performer: (() => {
    const performer = service(frame, node, 'crane', 'idempotent')
    return () => performer
  })(),
})

export const executorsOf = (frame: Frame, node: string): ReadonlyMap<string, Executor> => new Map([['crane', craneOf(frame, node)]])

export const servicesOf = (frame: Frame, node: string): ReadonlyMap<string, Performer> =>
  new Map(Object.entries(SAFETY).map(([name, safety]) => [name, service(frame, node, name, safety)]))

const service = (frame: Frame, node: string, name: string, safety: Performer['safety']): Performer => {
  const asked = new Map<string, Promise<Outcome>>()
  const draws = frame.prng.stream(`service ${node} ${name}`)
  const carryOut = ({ id }: Attempt): Promise<Outcome> => {
    const { failure, workMs } = frame.setup.particulars
    const fails = draws.chance(frame.isCalm() ? 0 : failure)
    const isLong = draws.chance(LONG)
    const lasts = isLong ? draws.between(workMs, 5 * workMs) : draws.heavyTail(5, 5 * workMs)
    const effect = frame.ledger.effect(id, name)
    effect.begun += 1
    return new Promise((answer) => {
      frame.kernel.at(lasts, `${name} answers`, () => {
        if (!fails) effect.done += 1
        answer(fails ? err({ code: 'unavailable', message: `${name} is busy` }) : ok({ effect: id }))
      })
    })
  }
  const perform = (attempt: Attempt): Promise<Outcome> => {
    const before = safety === 'idempotent' ? asked.get(attempt.id) : undefined
    const outcome = before ?? carryOut(attempt)
    asked.set(attempt.id, outcome)
    return outcome
  }
  if (safety !== 'queryable') return { safety, perform }
  return { safety, perform, query: (attempt) => asked.get(attempt.id) ?? Promise.resolve('not-begun') }
}
