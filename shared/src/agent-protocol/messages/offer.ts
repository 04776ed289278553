/**
 * Work, under a lease. The gateway counts the lease from hearing `accept` (or a hello that holds the task) and from each heartbeat
 * it hears; the agent counts from receiving the offer and from *sending* each heartbeat that was answered, so the agent's count ends first.
 */
import { z } from 'zod'
import { count, idWord, jsonWord, nameWord, sentence, taskWord } from './words.ts'

export const offer = z.strictObject({
  type: z.literal('offer'),
  task: taskWord,
  attempt: z.int().min(1),
  epoch: count,
  workflow: idWord,
  step: nameWord,
  title: sentence,
  capability: nameWord,
  purpose: z.enum(['forward', 'compensate']),
  input: jsonWord,
  leaseMs: z.int().min(1),
  /** Cut off, the agent may go on beyond the lease; otherwise it stops when the lease ends. */
  mayFinishOffline: z.boolean(),
})
export type Offer = z.infer<typeof offer>
