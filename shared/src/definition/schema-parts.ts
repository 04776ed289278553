/** What the schemas of a definition are made of: strict objects, names, expressions, retries. */
import { z } from 'zod'
import { RETRY_PRESETS, type RetryPolicy } from '../policy/retry.ts'
import { duration } from './durations.ts'
import { didYouMean } from './nearest.ts'

/** One line per unknown key, in the order of the issue's `keys`. */
export const strict = <Shape extends z.ZodRawShape>(shape: Shape, expected = 'an object') =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `unknown key "${key.slice(0, 64)}"${didYouMean(key, Object.keys(shape))}`).join('\n')
        : `expected ${expected}`,
  })

export const id = z.string().regex(/^[a-z0-9_-]{1,64}$/, { error: 'expected 1 to 64 characters of a–z, 0–9, "_" and "-"' })
export const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'expected 1 to 64 letters, digits, "_" or "-"' })
export const text = z.string().min(1).max(500)
export const version = z.int().min(1).max(1_000_000).default(1)
/** Words to be found by. */
export const tags = z.array(id).max(20).readonly()
export const cel = z.string().min(1)
export const mapping = z.record(name, cel)

const { standard } = RETRY_PRESETS
const retryFields = strict(
  {
    strategy: z.enum(['none', 'fixed', 'linear', 'exponential']).default(standard.strategy),
    maxAttempts: z.int().min(1).max(100).default(standard.maxAttempts),
    initialDelayMs: duration(0).default(standard.initialDelayMs),
    maxDelayMs: duration(0).default(standard.maxDelayMs),
    multiplier: z.number().min(1).max(10).default(standard.multiplier),
    jitter: z.boolean().default(standard.jitter),
    retryOn: z.array(text).min(1).readonly().exactOptional(),
    neverRetryOn: z.array(text).readonly().exactOptional(),
  },
  `${Object.keys(RETRY_PRESETS).join(', ')} or an object`,
)

const presets: ReadonlyMap<unknown, RetryPolicy> = new Map(Object.entries(RETRY_PRESETS))
export const retry = z.preprocess((authored) => presets.get(authored) ?? authored, retryFields)
