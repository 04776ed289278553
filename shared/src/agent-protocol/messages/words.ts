/** The words that messages are made of. Bounds are wide enough for honest use and small enough that a frame of them stays a frame. */
import { z } from 'zod'
import type { Json } from '../../values/json.ts'

/** Two sides that differ here don't talk. A change of any message's shape raises it (the hash test trips). */
export const AGENT_PROTOCOL_VERSION = 1

export const idWord = z.string().regex(/^[a-z0-9_-]{1,64}$/)

/** ⟨document⟩.⟨step reference⟩.⟨attempt⟩ or ⟨…⟩.c⟨attempt⟩: names one attempt, so it is offered, done and recorded once. */
export const taskWord = z.string().regex(/^[a-z0-9_.-]{1,128}$/)

export const nameWord = z.string().min(1).max(128)

export const MAX_SENTENCE_LENGTH = 2000

/** A sentence for a person. */
export const sentence = z.string().max(MAX_SENTENCE_LENGTH)

export const codeWord = z.string().regex(/^[a-z0-9-]{1,64}$/)

export const count = z.int().min(0)

export const kindWord = z.enum(['robot', 'human', 'ai'])

export const jsonWord: z.ZodType<Json> = z.json()

/** Metres on a named map. */
export const position = z.strictObject({ x: z.number(), y: z.number(), map: nameWord.exactOptional() })
export type Position = z.infer<typeof position>

/** The most tasks an agent may hold at once. */
export const MAX_HELD_TASKS = 1000
