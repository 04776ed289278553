/**
 * A session token: what its bearer has seen or written, as places in feeds (I10). Sent back with the next request, to this node or another, it
 * makes that wait until the node holds all of it: so a caller reads its own writes, and never an older state than before.
 */
import { isJsonObject, type Json } from '../values/json.ts'

export interface Seen {
  readonly home: string
  /** Of the store whose feed it is. */
  readonly generation: string
  readonly sequence: number
}

export type Session = readonly Seen[]

const MAX_PLACES = 64
const MAX_LENGTH = 8_192

/** The later of two places in each feed. */
export const joined = (one: Session, other: Session): Session => {
  const places = new Map<string, Seen>()
  for (const seen of [...one, ...other]) {
    const key = JSON.stringify([seen.home, seen.generation])
    const known = places.get(key)
    if (known === undefined || known.sequence < seen.sequence) places.set(key, seen)
  }
  return [...places.values()].slice(-MAX_PLACES)
}

export const sessionText = (session: Session): string =>
  JSON.stringify(session.map(({ home, generation, sequence }) => [home, generation, sequence]))

/** @returns nothing where it is none that a node gave */
export const parseSession = (text: string): Session | undefined => {
  if (text.length > MAX_LENGTH) return undefined
  const parsed = parsedJson(text)
  if (!Array.isArray(parsed) || parsed.length > MAX_PLACES) return undefined
  const session = parsed.flatMap((place: Json) => seenIn(place) ?? [])
  return session.length === parsed.length ? session : undefined
}

const parsedJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const seenIn = (place: Json): Seen | undefined => {
  if (isJsonObject(place) || !Array.isArray(place)) return undefined
  const [home, generation, sequence] = place
  if (typeof home !== 'string' || typeof generation !== 'string') return undefined
  return typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence >= 0 ? { home, generation, sequence } : undefined
}
