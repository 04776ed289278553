/**
 * What a y-websocket provider and its server say to each other, in lib0's encoding (y-protocols 1):
 *
 *   0 sync       0 step 1: state vector    1 step 2: what that lacks    2 update
 *   1 awareness  states of those who look
 *   2 auth       0 denied: reason          server to client only
 *   3 query      tell me the awareness
 */
import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding'
import { type Encoder, encode, writeVarString, writeVarUint, writeVarUint8Array } from 'lib0/encoding'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, ok, type Result } from '../../values/result.ts'

const SYNC = 0
const AWARENESS = 1
const AUTH = 2
const QUERY = 3

const STEP_1 = 0
const STEP_2 = 1
const UPDATE = 2
const DENIED = 0

export type Said =
  | { readonly type: 'lacks'; readonly stateVector: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'awareness'; readonly states: Uint8Array }
  | { readonly type: 'who' }

const NOT_UNDERSTOOD = refusal('give-up', 'bad-frame', 'This is no message of the y-websocket protocol.')

/** Any bytes give a message or a refusal; what is given shares no memory with them. */
export const decodeSaid = (bytes: Uint8Array): Result<Said, Refusal> => {
  try {
    const said = read(bytes)
    return said === undefined ? err(NOT_UNDERSTOOD) : ok(said)
  } catch {
    return err(NOT_UNDERSTOOD)
  }
}

const read = (bytes: Uint8Array): Said | undefined => {
  // A copy of its own, because a frame may be a window on a larger buffer, which lib0 would read on into.
  const decoder = createDecoder(bytes.slice())
  switch (readVarUint(decoder)) {
    case SYNC: {
      const step = readVarUint(decoder)
      const content = readVarUint8Array(decoder)
      if (step === STEP_1) return { type: 'lacks', stateVector: content }
      return step === STEP_2 || step === UPDATE ? { type: 'update', update: content } : undefined
    }
    case AWARENESS:
      return { type: 'awareness', states: readVarUint8Array(decoder) }
    case QUERY:
      return { type: 'who' }
    default:
      return undefined
  }
}

const message = (kind: number, write: (encoder: Encoder) => void): Uint8Array =>
  encode((encoder) => {
    writeVarUint(encoder, kind)
    write(encoder)
  })

const sync = (step: number, content: Uint8Array): Uint8Array =>
  message(SYNC, (encoder) => {
    writeVarUint(encoder, step)
    writeVarUint8Array(encoder, content)
  })

export const askMissing = (stateVector: Uint8Array): Uint8Array => sync(STEP_1, stateVector)
export const answerMissing = (update: Uint8Array): Uint8Array => sync(STEP_2, update)
export const tellUpdate = (update: Uint8Array): Uint8Array => sync(UPDATE, update)
export const tellAwareness = (states: Uint8Array): Uint8Array => message(AWARENESS, (encoder) => writeVarUint8Array(encoder, states))

export const tellDenied = (reason: string): Uint8Array =>
  message(AUTH, (encoder) => {
    writeVarUint(encoder, DENIED)
    writeVarString(encoder, reason)
  })
