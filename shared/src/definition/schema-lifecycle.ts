/**
 * A lifecycle as its author writes it.
 *
 *   lifecycle:
 *     initial: created
 *     states: { created: {}, analysing: { title: Being analysed }, closed: { final: true } }      final: false
 *     transitions:
 *       - { from: created, to: analysing, on: { step: analyse, is: running } }
 *       - { from: analysing, to: closed, on: decision }
 */
import { z } from 'zod'
import { BUILT_IN_STAGES, STEP_STANDS } from './lifecycle.ts'
import { id, strict, text } from './schema-parts.ts'

const MAX_STAGES = 100
const MAX_TRANSITIONS = 1_000

const stage = id.refine((name) => !BUILT_IN_STAGES.includes(name), { error: 'is what a workflow without a lifecycle of its own is in' })

const occasion = z.union([z.literal('decision'), strict({ step: id, is: z.enum(STEP_STANDS) }), strict({ signal: id })], {
  error: `expected "decision", {signal}, or {step, is} with one of ${STEP_STANDS.join(', ')}`,
})

export const lifecycle = strict({
  initial: id,
  states: z
    .record(stage, strict({ title: text.exactOptional(), final: z.boolean().default(false) }))
    .refine((states) => Object.keys(states).length <= MAX_STAGES, { error: `at most ${MAX_STAGES} states` }),
  transitions: z
    .array(strict({ from: id, to: id, on: occasion }))
    .max(MAX_TRANSITIONS)
    .default([]),
})
