/**
 * Registered functions. `running` is durable before a call begins (E4), so after a crash a wanted call may or may not have been made:
 * its performer's safety class says what then.
 *
 *   idempotent   made again, under the same id
 *   queryable    asked for; made only if it is known not to have begun
 *   atMostOnce   never made again: it fails as `unknown-outcome`, and a person decides
 */
import type { AttemptError, Performer } from '../ports/performer.ts'
import type { Json } from '../values/json.ts'
import { err, type Result } from '../values/result.ts'
import type { Fact } from '../workflow/command.ts'
import type { WantedCall } from '../workflow/want.ts'

const UNKNOWN: AttemptError = {
  code: 'unknown-outcome',
  message: 'the process ended while this call was being made; whether it was done is not known',
  retryable: false,
}

export class Calls {
  readonly #functions: ReadonlyMap<string, Performer>
  readonly #report: (workflow: string, fact: Fact, by: string) => unknown
  readonly #inFlight = new Set<string>()

  constructor(functions: ReadonlyMap<string, Performer>, report: (workflow: string, fact: Fact, by: string) => unknown) {
    this.#functions = functions
    this.#report = report
  }

  /** Makes every wanted call that is not being made. `recovering`: an earlier life may have begun it. */
  release(workflow: string, calls: readonly WantedCall[], recovering: boolean): void {
    for (const call of calls) {
      if (this.#inFlight.has(call.id)) continue
      this.#inFlight.add(call.id)
      void this.#make(workflow, call, recovering)
    }
  }

  async #make(workflow: string, call: WantedCall, recovering: boolean): Promise<void> {
    const outcome = await this.#perform(call, recovering)
    const { ref, attempt, purpose } = call
    const name = { ref, attempt, purpose }
    const fact: Fact = outcome.ok
      ? { type: 'attempt-succeeded', output: outcome.value, ...name }
      : { type: 'attempt-failed', error: outcome.error, ...name }
    // Until its outcome is on record the call is not over: whoever released it again would make it twice.
    await this.#report(workflow, fact, call.function)
    this.#inFlight.delete(call.id)
  }

  async #perform(call: WantedCall, recovering: boolean): Promise<Result<Json, AttemptError>> {
    const performer = this.#functions.get(call.function)
    if (performer === undefined) {
      return err({ code: 'unknown-function', message: `no function ${call.function} is registered on this node`, retryable: false })
    }
    const attempt = { id: call.id, name: call.function, input: call.input }
    try {
      if (recovering && performer.safety === 'atMostOnce') return err(UNKNOWN)
      if (recovering && performer.safety === 'queryable') {
        const found = await performer.query(attempt)
        if (found !== 'not-begun') return found
      }
      return await performer.perform(attempt)
    } catch (thrown) {
      // A function that throws has failed like one that says so; the engine must outlive it.
      return err({ code: 'function-threw', message: thrown instanceof Error ? thrown.message : String(thrown), retryable: false })
    }
  }
}
