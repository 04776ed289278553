/**
 * How consistent a workflow's decisions are (SYN-4), as it is written in definitions and requests: `strong`, `eventual`, or
 * `{level: bounded_staleness, maxLag: 5s, maxPending: 20}`. What the levels mean stands in consistency/SPEC.md.
 */
import { z } from 'zod'
import { isJsonObject } from '../values/json.ts'
import { duration } from './durations.ts'
import { strict } from './schema-parts.ts'

export const CONSISTENCY_LEVELS = ['eventual', 'bounded_staleness', 'strong'] as const
export type ConsistencyLevel = (typeof CONSISTENCY_LEVELS)[number]

/** A bound that lets nothing pass would be `strong` under another name. */
const MAX_PENDING = 1_000_000

const bounded = strict({
  level: z.literal('bounded_staleness'),
  maxLagMs: duration(1),
  maxPending: z.int().min(1).max(MAX_PENDING),
})
const plain = (level: 'strong' | 'eventual') => strict({ level: z.literal(level) })

/** `maxLag` is what people write; `maxLagMs` is what is stored, like all durations. */
const withUnits = (authored: unknown): unknown => {
  if (typeof authored === 'string') return { level: authored }
  if (!isJsonObject(authored) || authored.maxLag === undefined || authored.maxLagMs !== undefined) return authored
  const { maxLag, ...rest } = authored
  return { ...rest, maxLagMs: maxLag }
}

export const consistency = z.preprocess(
  withUnits,
  z.discriminatedUnion('level', [plain('strong'), bounded, plain('eventual')], {
    error: () => `expected strong, eventual, or {level: bounded_staleness, maxLag, maxPending}`,
  }),
)

export type Consistency = Readonly<z.infer<typeof consistency>>
