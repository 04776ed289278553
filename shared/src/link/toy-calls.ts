/** The ledger of calls in a toy world: who asked what, what was carried out, how each call ended. */
import type { Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import { ok, type Result } from '../values/result.ts'
import type { CallInput, CallOutput } from './exchange.ts'

type Asking = Extract<CallInput, { type: 'call' }>

export class ToyCalls {
  readonly #open = new Map<number, string>()
  readonly #carriedOut: number[] = []
  readonly violations: string[] = []
  readonly endings: string[] = []
  #next = 0

  ask(by: string, home: string, timeoutMs: number): Asking {
    const id = this.#next++
    this.#open.set(id, by)
    return { type: 'call', id, home, kind: 'double', body: id, timeoutMs }
  }

  serve({ n, body }: Extract<CallOutput, { type: 'asked' }>): Extract<CallInput, { type: 'replied' }> {
    this.#carriedOut.push(Number(body))
    return { type: 'replied', n, result: ok(Number(body) * 2) }
  }

  ended({ id, result }: Extract<CallOutput, { type: 'call-ended' }>): void {
    if (!this.#open.delete(id)) this.violations.push(`call ${id} ended twice`)
    const isServed = this.#carriedOut.includes(id)
    this.endings.push(result.ok ? 'ok' : result.error.code)
    if (!isTruthful(id, result, isServed)) this.violations.push(`call ${id} ended ${JSON.stringify(result)}, carried out: ${isServed}`)
  }

  /** What a process had asked dies with it. */
  forget(by: string): void {
    for (const [id, asker] of this.#open) if (asker === by) this.#open.delete(id)
  }

  get unanswered(): readonly number[] {
    return [...this.#open.keys()]
  }

  get timesCarriedOut(): number {
    return this.#carriedOut.length
  }

  get callsCarriedOut(): number {
    return new Set(this.#carriedOut).size
  }
}

const isTruthful = (id: number, result: Result<Json, Refusal>, isServed: boolean): boolean => {
  if (result.ok) return isServed && result.value === id * 2
  return result.error.code === 'unavailable' ? !isServed : result.error.code === 'unknown-outcome'
}
