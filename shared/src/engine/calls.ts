/**
 * Calls to functions and executors. `running` is durable before a call begins (E4), so after a crash a wanted call may or may not have been made:
 * its performer's safety class says what then.
 *
 *   idempotent   made again, under the same id
 *   queryable    asked for; made only if it is known not to have begun
 *   atMostOnce   never made again: it fails as `unknown-outcome`, and a person decides
 *
 * A call that takes longer than its timeout is given up, but it can't be called back: it may be at work still, or done. So the same
 * classes say how it ends: as a `timeout`, which may be tried again; as what its performer answers when asked; as `unknown-outcome`.
 * If its end comes after all, that is reported too, and the workflow keeps it as a late result.
 */
import type { Clock } from '../ports/clock.ts'
import type { Attempt, AttemptError, Performer } from '../ports/performer.ts'
import type { Json } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import { boundedText } from '../values/text.ts'
import type { Fact } from '../workflow/command.ts'
import type { WantedCall } from '../workflow/want.ts'
import type { Callees } from './callees.ts'
import type { ResultCache } from './result-cache.ts'

type Outcome = Result<Json, AttemptError>

const unknownOutcome = (what: string): Outcome =>
  err({ code: 'unknown-outcome', message: `${what}; whether it was done is not known`, retryable: false })

const TIMEOUT: Outcome = err({ code: 'timeout', message: 'the call took longer than its timeout', retryable: true })

export class Calls {
  readonly #clock: Clock
  readonly #callees: Callees
  readonly #results: ResultCache
  readonly #report: (workflow: string, fact: Fact, by: string) => unknown
  readonly #inFlight = new Set<string>()
  /** An earlier life may have begun them, and this one has not yet. */
  readonly #inherited = new Set<string>()
  readonly #timers = new Set<() => void>()

  constructor(clock: Clock, callees: Callees, results: ResultCache, report: (workflow: string, fact: Fact, by: string) => unknown) {
    this.#clock = clock
    this.#callees = callees
    this.#results = results
    this.#report = report
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  /** Makes every wanted call that is not being made and may be. `recovering`: an earlier life may have begun it. */
  release(workflow: string, calls: readonly WantedCall[], recovering: boolean, may: (id: string) => boolean = () => true): void {
    for (const call of calls) {
      if (this.#inFlight.has(call.id)) continue
      if (recovering) this.#inherited.add(call.id)
      if (!may(call.id)) continue
      this.#inFlight.add(call.id)
      void this.#make(workflow, call, this.#inherited.delete(call.id))
    }
  }

  /** No call is given up any more; those under way end as they may. */
  close(): void {
    for (const cancel of this.#timers) cancel()
  }

  async #make(workflow: string, call: WantedCall, recovering: boolean): Promise<void> {
    const known = call.cached && (await this.#results.find(call, this.#clock.now().wall))
    if (known !== undefined) return this.#end(workflow, call, ok(known.output))
    const callee = this.#callees.performerOf(call)
    if (!callee.ok) return this.#end(workflow, call, callee)
    const performer = callee.value
    const attempt = { id: call.id, name: call.function, input: call.input, timeoutMs: call.timeoutMs }
    const performing = guarded(() => perform(performer, attempt, recovering))
    const outcome = await this.#within(call.timeoutMs, performing)
    if (outcome?.ok && call.cached !== undefined) await this.#results.keep(call, outcome.value, this.#clock.now().wall)
    if (outcome !== undefined) return this.#end(workflow, call, outcome)
    const answered = await this.#within(
      call.timeoutMs,
      guarded(() => givenUp(performer, attempt)),
    )
    await this.#end(workflow, call, answered ?? unknownOutcome('the call took too long, and nobody answers for it'))
    await this.#tell(workflow, call, await performing)
  }

  /** The outcome, or nothing when it takes longer. */
  async #within(timeoutMs: number, performing: Promise<Outcome>): Promise<Outcome | undefined> {
    const { promise: over, resolve } = Promise.withResolvers<undefined>()
    const cancel = this.#clock.after(timeoutMs, () => resolve(undefined))
    this.#timers.add(cancel)
    const outcome = await Promise.race([performing, over])
    cancel()
    this.#timers.delete(cancel)
    return outcome
  }

  /** Until its outcome is on record the call is not over: whoever released it again would make it twice. */
  async #end(workflow: string, call: WantedCall, outcome: Outcome): Promise<void> {
    await this.#tell(workflow, call, outcome)
    this.#inFlight.delete(call.id)
  }

  #tell(workflow: string, call: WantedCall, outcome: Outcome): unknown {
    const { ref, attempt, purpose } = call
    const name = { ref, attempt, purpose, function: call.function }
    const fact: Fact = outcome.ok
      ? { type: 'attempt-succeeded', output: outcome.value, ...name }
      : { type: 'attempt-failed', error: outcome.error, ...name }
    return this.#report(workflow, fact, call.function)
  }
}

const perform = async (performer: Performer, attempt: Attempt, recovering: boolean): Promise<Outcome> => {
  if (recovering && performer.safety === 'atMostOnce') return unknownOutcome('the process ended while this call was being made')
  if (recovering && performer.safety === 'queryable') {
    const found = await performer.query(attempt)
    if (found !== 'not-begun') return found
  }
  return performer.perform(attempt)
}

/** What is known of a call that has taken too long. */
const givenUp = async (performer: Performer, attempt: Attempt): Promise<Outcome> => {
  if (performer.safety === 'queryable') {
    const found = await performer.query(attempt)
    return found === 'not-begun' ? TIMEOUT : found
  }
  return performer.safety === 'idempotent' ? TIMEOUT : unknownOutcome('the call took longer than its timeout')
}

/** A function that throws has failed like one that says so; the engine must outlive it. */
const guarded = async (make: () => Promise<Outcome>): Promise<Outcome> => {
  try {
    return await make()
  } catch (thrown) {
    const message = boundedText(thrown instanceof Error ? thrown.message : String(thrown))
    return err({ code: 'function-threw', message, retryable: false })
  }
}
