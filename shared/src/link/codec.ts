/**
 * Messages as binary frames: lib0's "any" encoding of the message, checked against its schema when read.
 *
 *   F1  Hostile bytes give a refusal, never a throw.
 *   F2  What is read shares no memory with the frame it came from, which may lie in a socket's buffer pool.
 */
import * as encoding from 'lib0/encoding'
import type * as z from 'zod'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { FrameError, readFrame } from './frame-reader.ts'
import { MAX_FRAME_BYTES } from './limits.ts'
import { type Down, down, type Up, up } from './messages/index.ts'

type Wire = null | boolean | number | string | Uint8Array | readonly Wire[] | { readonly [key: string]: Wire }

export const encodeMessage = (message: Up | Down): Uint8Array =>
  encoding.encode((encoder) => encoding.writeAny(encoder, encodable(message)))

export const decodeUp = (frame: Uint8Array): Result<Up, Refusal> => decode(up, frame)
export const decodeDown = (frame: Uint8Array): Result<Down, Refusal> => decode(down, frame)

const decode = <Message>(schema: z.ZodType<Message>, frame: Uint8Array): Result<Message, Refusal> => {
  if (frame.length > MAX_FRAME_BYTES) return badFrame(`a frame of ${frame.length} bytes; at most ${MAX_FRAME_BYTES} are read`)
  const read = readOwned(frame)
  if (!read.ok) return read
  const checked = schema.safeParse(read.value)
  return checked.success ? ok(checked.data) : badFrame(firstIssue(checked.error))
}

const readOwned = (frame: Uint8Array): Result<unknown, Refusal> => {
  try {
    return ok(readFrame(new Uint8Array(frame)))
  } catch (error) {
    return badFrame(error instanceof FrameError ? error.message : 'the frame is cut short or malformed')
  }
}

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0]
  return issue === undefined ? 'no known message' : `${issue.path.join('.') || 'message'}: ${issue.code}`
}

const badFrame = (why: string): { readonly ok: false; readonly error: Refusal } =>
  err(refusal('fix-request', 'bad-frame', `The frame is not a message of this protocol (${why}).`))

/** lib0 asks for values it could change; ours are read-only, so it gets the containers anew (byte values stay as they are). */
const encodable = (value: Wire): encoding.AnyEncodable => {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  if (isList(value)) return value.map(encodable)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, encodable(member)]))
}

const isList = (value: Wire): value is readonly Wire[] => Array.isArray(value)
