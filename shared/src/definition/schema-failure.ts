/**
 * What an author says of failing for good.
 *
 *   review: { queue: leads }                  on: [failure, invalid-output]
 *   recovery: { strategy: retry }             attempts: 1
 *   checkpoints: { every: step }              everySteps: 1; a number is so many steps, a text such as 30s so much time
 *   compensation: {}                          onError: continue
 */
import { z } from 'zod'
import { duration } from './durations.ts'
import type { CheckpointPolicy } from './failure-policy.ts'
import { id, strict } from './schema-parts.ts'

const MAX_STEPS_BACK = 2_000

const occasion = z.enum(['failure', 'invalid-output'])

const review = strict({ queue: id, on: z.array(occasion).min(1).readonly().default(['failure', 'invalid-output']) })

/** Of whatever may be asked about before it counts as failed. */
export const reviewable = { review: review.exactOptional() }

export const onFailure = z.enum(['compensate', 'compensate-branch', 'continue', 'stop']).default('compensate')

export const compensationPolicy = strict({ onError: z.enum(['continue', 'halt']).default('continue') })

const attempts = z.int().min(1).max(100).default(1)

export const recovery = z.union(
  [
    strict({ strategy: z.literal('retry'), attempts }),
    strict({ strategy: z.literal('rollback'), attempts, to: id }),
    strict({ strategy: z.literal('rollback'), attempts, steps: z.int().min(1).max(MAX_STEPS_BACK) }),
    strict({ strategy: z.literal('restore'), attempts }),
    strict({ strategy: z.literal('manual'), attempts, queue: id }),
  ],
  { error: 'expected a strategy: retry, rollback with to or steps, restore, or manual with queue' },
)

const everySteps = z.int().min(1).max(10_000)
const everyMs = duration(1_000)

const every = z.union(
  [
    z.literal('step').transform((): CheckpointPolicy => ({ everySteps: 1 })),
    everySteps.transform((n): CheckpointPolicy => ({ everySteps: n })),
    z
      .string()
      .transform((written): string | number => written)
      .pipe(everyMs)
      .transform((ms): CheckpointPolicy => ({ everyMs: ms })),
  ],
  {
    error: 'expected step, a number of steps, or a duration like 30s',
  },
)

export const checkpoints = z.union(
  [strict({ everySteps }), strict({ everyMs }), strict({ every }).transform((authored): CheckpointPolicy => authored.every)],
  { error: 'expected {every}: step, a number of steps, or a duration like 30s' },
)
