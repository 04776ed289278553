/** Questions and answers of `digest.ts` as they travel in a call: short tuples, checked when read. */
import * as z from 'zod'
import type { Json } from '../values/json.ts'
import { FEW, MAX_SPANS, type Told } from './digest.ts'
import type { Held, Span } from './inventory.ts'

const text = z.string().max(80)
const print = z.string().max(64)
const span = z.tuple([text, text, print, z.int().min(0)])
const question = z.array(span).max(MAX_SPANS)
const told = z.union([
  z.strictObject({ same: z.literal(true) }),
  z.strictObject({ items: z.array(z.tuple([text, print])).max(FEW) }),
  z.strictObject({ parts: z.array(span).max(64) }),
])
const answer = z.array(told).max(MAX_SPANS)

export const writeQuestion = (spans: readonly Span[]): Json => spans.map(tupleOf)

export const readQuestion = (body: Json): readonly Span[] | undefined => question.safeParse(body).data?.map(spanOf)

export const writeAnswer = (all: readonly Told[]): Json =>
  all.map((each): Json => {
    if ('same' in each) return { same: true }
    return 'items' in each ? { items: each.items.map(({ document, print }) => [document, print]) } : { parts: each.parts.map(tupleOf) }
  })

export const readAnswer = (body: Json): readonly Told[] | undefined =>
  answer.safeParse(body).data?.map((each) => {
    if ('same' in each) return each
    return 'items' in each ? { items: each.items.map(heldOf) } : { parts: each.parts.map(spanOf) }
  })

const tupleOf = ({ from, to, fold, count }: Span): Json => [from, to, fold, count]
const spanOf = ([from, to, fold, count]: z.infer<typeof span>): Span => ({ from, to, fold, count })
const heldOf = ([document, held]: readonly [string, string]): Held => ({ document, print: held })
