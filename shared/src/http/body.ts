/**
 * Takes a JSON body in: type, size, text, syntax and bounds, in this order, each before the next costs anything. What passes is put back
 * on the request for the schema. The size is counted as it arrives; a declared length is only believed when it is too large.
 */
import { createMiddleware } from 'hono/factory'
import type { ApiEnv } from './environment.ts'
import { scanJson } from './json-scan.ts'
import { problem, refused } from './problem.ts'

export const MAX_BODY_BYTES = 1024 * 1024

const JSON_TYPE = /^application\/json(?:\s*;\s*charset=(?:utf-8|"utf-8"))?$/i

export const jsonBody = createMiddleware<ApiEnv>(async (context, next) => {
  if (!JSON_TYPE.test(context.req.header('content-type') ?? '')) {
    return problem(context, 'unsupported-media-type', 'send Content-Type: application/json')
  }
  const declared = Number(context.req.header('content-length') ?? 0)
  const bytes = declared > MAX_BODY_BYTES ? undefined : await readBounded(context.req.raw.body)
  if (bytes === undefined) {
    return problem(context, 'body-too-large', `at most ${MAX_BODY_BYTES} bytes`, { headers: { Connection: 'close' } })
  }
  const text = decodeJson(bytes)
  if (text === undefined) return problem(context, 'malformed-json', 'the body could not be read')
  const refusal = scanJson(text)
  if (refusal !== undefined) return refused(context, refusal)
  context.req.raw = new Request(context.req.raw, { body: text })
  return next()
})

const readBounded = async (body: ReadableStream<Uint8Array> | null): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The text, when it is well-formed UTF-8 and JSON. A byte-order mark is neither ignored nor JSON. */
const decodeJson = (bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    JSON.parse(text)
    return text
  } catch {
    return undefined
  }
}
