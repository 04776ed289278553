/**
 * Who looks at a document: for each client id a state with a number that grows; a null state says that it has left. Relayed, never stored.
 *
 *   bytes   = how many, then for each: client id, number, state as JSON text
 *
 *   A1  A client id speaks for one principal. What names another's, or is not newer than what is known, is passed over.
 *   A2  `principal` in a state is who was let in, whatever the client wrote there.
 *   A3  Who leaves is said to have left, once.
 */
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding'
import { encode, writeVarString, writeVarUint } from 'lib0/encoding'
import { isJsonObject, type JsonObject } from '../../values/json.ts'

export interface Looking {
  readonly client: number
  readonly clock: number
  readonly state: JsonObject | null
}

const MAX_STATES = 64
const MAX_STATE_LENGTH = 4_096

/** Undefined when the bytes are no awareness. */
export const decodeLooking = (bytes: Uint8Array): readonly Looking[] | undefined => {
  try {
    const decoder = createDecoder(bytes)
    const count = readVarUint(decoder)
    if (count > MAX_STATES) return undefined
    const all: Looking[] = []
    for (let index = 0; index < count; index++) {
      const [client, clock] = [readVarUint(decoder), readVarUint(decoder)]
      const text = readVarString(decoder)
      const state: unknown = text.length > MAX_STATE_LENGTH ? undefined : JSON.parse(text)
      if (state !== null && !isJsonObject(state)) return undefined
      all.push({ client, clock, state })
    }
    return all
  } catch {
    return undefined
  }
}

export const encodeLooking = (all: readonly Looking[]): Uint8Array =>
  encode((encoder) => {
    writeVarUint(encoder, all.length)
    for (const { client, clock, state } of all) {
      writeVarUint(encoder, client)
      writeVarUint(encoder, clock)
      writeVarString(encoder, JSON.stringify(state))
    }
  })

interface Known<Session> {
  /** The latest of its principal's to speak: after a cut, the old one may be closed later than the new one opens. */
  readonly session: Session
  readonly principal: string
  readonly looking: Looking
}

/** Those who look at one document at this node. */
export class Onlookers<Session> {
  readonly #known = new Map<number, Known<Session>>()

  /** @returns what of it is news, to be told to the others */
  hear(session: Session, principal: string, heard: readonly Looking[]): readonly Looking[] {
    const news: Looking[] = []
    for (const { client, clock, state } of heard) {
      const known = this.#known.get(client)
      if (known !== undefined && (known.principal !== principal || known.looking.clock >= clock)) continue
      if (known === undefined && state === null) continue
      const looking = { client, clock, state: state && { ...state, principal } }
      if (state === null) this.#known.delete(client)
      else this.#known.set(client, { session, principal, looking })
      news.push(looking)
    }
    return news
  }

  left(session: Session): readonly Looking[] {
    const gone: Looking[] = []
    for (const [client, { session: whose, looking }] of this.#known) {
      if (whose !== session) continue
      this.#known.delete(client)
      gone.push({ client, clock: looking.clock + 1, state: null })
    }
    return gone
  }

  all(): readonly Looking[] {
    return [...this.#known.values()].map(({ looking }) => looking)
  }
}
