/**
 * Between messages and text frames. Parsing refuses anything bad as a value, never by a throw:
 * size, then JSON, then the shape of the JSON (see inspect.ts), then the version, then the message's schema.
 */
import type { z } from 'zod'
import { utf8ToBytes } from '../values/hash.ts'
import { isJsonObject } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { inspectJson } from './inspect.ts'
import { type DownMessage, downMessage } from './messages/down.ts'
import { type UpMessage, upMessage } from './messages/up.ts'
import { AGENT_PROTOCOL_VERSION } from './messages/words.ts'

export const MAX_AGENT_FRAME_BYTES = 256 * 1024

export const parseUp = (text: string): Result<UpMessage, Refusal> => parse(text, upMessage)
export const parseDown = (text: string): Result<DownMessage, Refusal> => parse(text, downMessage)

/** The frame of a message, or why the other side would refuse it. */
export const frameOf = (message: UpMessage | DownMessage): Result<string, Refusal> => {
  const fault = inspectJson(message)
  if (fault !== undefined) return err(fault)
  const text = JSON.stringify(message)
  return fits(text) ? ok(text) : err(tooLarge)
}

const parse = <T>(text: string, schema: z.ZodType<T>): Result<T, Refusal> => {
  if (!fits(text)) return err(tooLarge)
  const json = parseJson(text)
  if (!json.ok) return json
  const fault = inspectJson(json.value) ?? versionFault(json.value)
  if (fault !== undefined) return err(fault)
  const parsed = schema.safeParse(json.value)
  return parsed.success ? ok(parsed.data) : err(schemaFault(parsed.error))
}

const parseJson = (text: string): Result<unknown, Refusal> => {
  try {
    return ok(JSON.parse(text))
  } catch {
    return err(refusal('fix-request', 'malformed-json', 'The frame is not JSON.'))
  }
}

/** Judged before the schema: a message of another version has another shape, and its sender should hear why. */
const versionFault = (value: unknown): Refusal | undefined => {
  if (!isJsonObject(value) || typeof value.protocol !== 'number' || value.protocol === AGENT_PROTOCOL_VERSION) return undefined
  const message = `This side speaks version ${AGENT_PROTOCOL_VERSION} of the agent protocol.`
  return refusal('fix-request', 'protocol-unsupported', message, { supported: [AGENT_PROTOCOL_VERSION] })
}

/** Names the place and the rule, never the value: nothing of the input is echoed. */
const schemaFault = (error: z.ZodError): Refusal => {
  const issue = error.issues[0]
  const place = issue === undefined || issue.path.length === 0 ? 'message' : issue.path.join('.')
  return refusal('fix-request', 'malformed-message', `The message does not fit its schema at ${place}: ${issue?.code ?? 'invalid'}.`)
}

/** A UTF-16 unit takes at most three bytes of UTF-8, so most texts need no counting. */
const fits = (text: string): boolean =>
  text.length * 3 <= MAX_AGENT_FRAME_BYTES || (text.length <= MAX_AGENT_FRAME_BYTES && utf8ToBytes(text).length <= MAX_AGENT_FRAME_BYTES)

const tooLarge: Refusal = refusal('fix-request', 'too-large', `A message may take ${MAX_AGENT_FRAME_BYTES} bytes.`)
