/**
 * The first message of a connection, once. `holding` names every task the agent accepted and whose end is not recorded yet: being
 * worked on, or finished with its result still to come. A task that the gateway believes accepted but that is missing here is lost.
 * Like a heartbeat it renews the leases of those it names.
 */
import { z } from 'zod'
import { count, idWord, kindWord, MAX_HELD_TASKS, nameWord, position, taskWord } from './words.ts'

export const hello = z.strictObject({
  type: z.literal('hello'),
  protocol: count,
  agent: idWord,
  kind: kindWord,
  capabilities: z.array(nameWord).max(100).readonly(),
  /** How many tasks it works on at once. */
  capacity: z.int().min(1).max(MAX_HELD_TASKS),
  position: position.exactOptional(),
  holding: z.array(taskWord).max(MAX_HELD_TASKS).readonly(),
  sdk: nameWord,
})
export type Hello = z.infer<typeof hello>
