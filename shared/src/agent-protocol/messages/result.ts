/**
 * How a task ended. Durable with the agent before it is sent, and sent again until `recorded` or `forget` answers it: it arrives
 * at least once and always with the same outcome.
 */
import { z } from 'zod'
import { codeWord, jsonWord, sentence, taskWord } from './words.ts'

export const outcome = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), output: jsonWord }),
  z.strictObject({
    ok: z.literal(false),
    error: z.strictObject({ code: codeWord, message: sentence, retryable: z.boolean().exactOptional() }),
  }),
])
export type Outcome = z.infer<typeof outcome>

export const result = z.strictObject({ type: z.literal('result'), task: taskWord, outcome })
export type TaskResult = z.infer<typeof result>
