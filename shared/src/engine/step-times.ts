/**
 * How long steps usually take, learned from workflows as they complete: a mean of each step of each definition in which the last runs
 * count most. Memory only; a new life learns again. Reading a log costs something, so of a definition that completes all the time only
 * one a second is read.
 */
import type { Clock } from '../ports/clock.ts'
import type { Usual, UsualOf } from '../workflow/forecast.ts'
import { timingsOf } from '../workflow/timings.ts'
import type { Committed, News } from './committed.ts'

/** The mean moves by at least this share with each run, so that it follows a floor that changes. */
const LEAST_WEIGHT = 0.1
const FIRST_RUNS = 10
const PAUSE_MS = 1_000

interface Learned {
  readonly steps: Map<number, Usual & { readonly runs: number }>
  runs: number
  learnedAt: number
}

export class StepTimes {
  readonly #clock: Clock
  readonly #byDefinition = new Map<string, Learned>()
  readonly #stop: () => void

  constructor(engine: { onCommitted(listener: (committed: Committed) => void): () => void }, clock: Clock) {
    this.#clock = clock
    this.#stop = engine.onCommitted(({ news }) => {
      for (const each of news) if (each.entries.some(({ event }) => event.type === 'completed')) this.#learn(each)
    })
  }

  close(): void {
    this.#stop()
  }

  of(definition: string): UsualOf {
    const steps = this.#byDefinition.get(definition)?.steps
    return (step) => steps?.get(step)
  }

  #learn({ state, log }: News): void {
    const now = this.#clock.now()
    const learned = this.#byDefinition.get(state.definition) ?? { steps: new Map(), runs: 0, learnedAt: Number.NEGATIVE_INFINITY }
    if (learned.runs >= FIRST_RUNS && now.monotonic - learned.learnedAt < PAUSE_MS) return
    for (const { ref, queuedMs, workingMs } of timingsOf(log(), now.wall).steps) {
      if (state.steps[ref]?.parent === undefined) learned.steps.set(ref, blend(learned.steps.get(ref), { queuedMs, workingMs }))
    }
    learned.runs += 1
    learned.learnedAt = now.monotonic
    this.#byDefinition.set(state.definition, learned)
  }
}

const blend = (known: (Usual & { readonly runs: number }) | undefined, latest: Usual): Usual & { readonly runs: number } => {
  const runs = (known?.runs ?? 0) + 1
  const weight = Math.max(1 / runs, LEAST_WEIGHT)
  const mean = (before: number, after: number): number => before + weight * (after - before)
  return { runs, queuedMs: mean(known?.queuedMs ?? 0, latest.queuedMs), workingMs: mean(known?.workingMs ?? 0, latest.workingMs) }
}
