/**
 * What may be proposed to a workflow by a node that is not its authority (DESIGN §2.2). Everything else — offers, attempts — is
 * between the authority and its agents. Content comes from other machines, so it is judged by schema before anything else.
 */
import { z } from 'zod'
import { MAX_STEPS } from '../definition/schema.ts'
import { consistency } from '../definition/schema-consistency.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { EVENT_SCHEMAS } from './event.ts'

const json = z.custom<Json>((value) => value !== undefined)
const priority = z.enum(['critical', 'high', 'normal', 'low'])
const name = z.string().min(1).max(256)
const reason = z.string().max(1024)

const rollback = { to: name.exactOptional(), steps: z.int().min(1).max(MAX_STEPS).exactOptional() }
const isOneWay = ({ to, steps }: { to?: string; steps?: number }): boolean => (to === undefined) !== (steps === undefined)
const ONE_WAY = 'say to which step, or over how many'
const restore = { checkpoint: name.exactOptional(), position: z.int().min(1).exactOptional() }

const clash = EVENT_SCHEMAS.conflict
  .omit({ type: true, id: true, options: true })
  .required({ outcomes: true, version: true, inputs: true })
  .strict()
  .readonly()

export const PROPOSABLE = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('create'),
    home: name,
    key: name,
    definition: z.string().regex(/^[0-9a-f]{64}$/),
    title: z.string().max(256),
    priority,
    input: json,
  }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('resume') }),
  z.strictObject({ type: z.literal('cancel'), reason }),
  z.strictObject({ type: z.literal('terminate'), reason }),
  z.strictObject({ type: z.literal('set-priority'), priority }),
  z.strictObject({ type: z.literal('set-consistency'), consistency }),
  z.strictObject({ type: z.literal('rollback'), reason, ...rollback }).refine(isOneWay, ONE_WAY),
  z.strictObject({ type: z.literal('restore'), reason, ...restore }),
  z.strictObject({ type: z.literal('retry'), reason, step: name.exactOptional() }),
  z.strictObject({ type: z.literal('undo'), reason }),
  z.discriminatedUnion('strategy', [
    z.strictObject({ type: z.literal('recover'), strategy: z.literal('retry'), reason }),
    z.strictObject({ type: z.literal('recover'), strategy: z.literal('rollback'), reason, ...rollback }).refine(isOneWay, ONE_WAY),
    z.strictObject({ type: z.literal('recover'), strategy: z.literal('restore'), reason, ...restore }),
    z.strictObject({ type: z.literal('recover'), strategy: z.literal('manual'), reason, queue: name }),
  ]),
  z.strictObject({
    type: z.literal('review'),
    step: name,
    answer: z.enum(['continue', 'retry', 'skip', 'fail']),
    output: json.exactOptional(),
    comment: reason,
  }),
  z.strictObject({
    type: z.literal('approve'),
    step: name,
    approved: z.boolean(),
    comment: reason,
    roles: z.array(name).max(20).readonly(),
  }),
  z.strictObject({
    type: z.literal('resolve'),
    conflict: name,
    option: name,
    comment: reason,
    roles: z.array(name).max(20).readonly(),
  }),
  z.strictObject({ type: z.literal('discard'), step: name, reason }),
  z.strictObject({ type: z.literal('checkpoint'), name }),
  z.strictObject({ type: z.literal('enter-stage'), stage: name, reason: reason.exactOptional() }),
  z.strictObject({
    type: z.literal('migrate'),
    definition: z.string().regex(/^[0-9a-f]{64}$/),
    mapping: z.record(name, name).exactOptional(),
  }),
  z.strictObject({ type: z.literal('collision'), clash, about: json }),
  z.strictObject({ type: z.literal('signal'), name, id: name, payload: json }),
  z.strictObject({
    type: z.literal('step-settled-elsewhere'),
    workflow: name,
    step: name.exactOptional(),
    succeeded: z.boolean(),
    output: json,
  }),
])

export type Proposable = z.infer<typeof PROPOSABLE>

export const parseProposable = (content: Json): Result<Proposable, Refusal> => {
  const parsed = PROPOSABLE.safeParse(content)
  if (parsed.success) return ok(parsed.data)
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'content'}: ${message}`)
  return err(refusal('fix-request', 'malformed-proposal', `The proposal can't be understood: ${problems.join('; ')}.`))
}
