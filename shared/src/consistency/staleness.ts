/**
 * How stale what a reader holds may be (C3): it asks the authority how far its log goes, and is as fresh as the moment it asked once it
 * has applied all of what was named.
 *
 *   ask ──number, sentAt──▶ authority ──number, position──▶ reply ──applied reaches the position──▶ proven as of sentAt
 *
 *   R1  Age is counted from the sending of the probe: what came later than that may be missing. A silent line proves nothing new.
 *   R2  A reply counts only for the probe whose number it carries, and only where the reader has applied the position, in the
 *       same generation of the authority's store.
 *   R3  What was proven stays proven: later replies never make a reader look staler.
 *
 * Doesn't know how probes travel.
 */

/** A place in the feed of the authority. */
export interface FeedPlace {
  readonly generation: string
  readonly sequence: number
}

export interface Probes {
  readonly asked: number
  /** Number → when it was sent (monotonic); those without a reply. */
  readonly open: ReadonlyMap<number, number>
  /** Replies whose position is not applied yet, oldest probe first. */
  readonly replies: readonly { readonly sentAt: number; readonly place: FeedPlace }[]
  /** Everything up to here was applied: when the probe that asked for it was sent. */
  readonly provenAt: number | undefined
}

export const NO_PROBES: Probes = { asked: 0, open: new Map(), replies: [], provenAt: undefined }

/** More than that are forgotten, oldest first: the newer ones prove more. */
const MAX_OPEN = 16

export const ask = (probes: Probes, now: number): { readonly probes: Probes; readonly number: number } => {
  const number = probes.asked + 1
  const open = new Map([...probes.open].slice(-MAX_OPEN + 1)).set(number, now)
  return { probes: { ...probes, asked: number, open }, number }
}

export const reply = (probes: Probes, number: number, place: FeedPlace, applied: FeedPlace): Probes => {
  const sentAt = probes.open.get(number)
  if (sentAt === undefined) return probes
  const open = new Map([...probes.open].filter(([other]) => other !== number))
  const replies = [...probes.replies, { sentAt, place }].sort((one, other) => one.sentAt - other.sentAt).slice(-MAX_OPEN)
  return advance({ ...probes, open, replies }, applied)
}

/** The reader has applied more. */
export const advance = (probes: Probes, applied: FeedPlace): Probes => {
  const proven = probes.replies.filter(({ place }) => reaches(applied, place)).map(({ sentAt }) => sentAt)
  if (proven.length === 0) return probes
  const provenAt = Math.max(...proven, probes.provenAt ?? Number.NEGATIVE_INFINITY)
  return { ...probes, provenAt, replies: probes.replies.filter(({ sentAt }) => sentAt > provenAt) }
}

/** Milliseconds; infinite where nothing was ever proven. */
export const ageOf = ({ provenAt }: Probes, now: number): number => (provenAt === undefined ? Number.POSITIVE_INFINITY : now - provenAt)

export const isWithin = (probes: Probes, maxLagMs: number, now: number): boolean => ageOf(probes, now) <= maxLagMs

/** Whoever has nothing has all of a feed in which there is nothing. */
const reaches = (applied: FeedPlace, place: FeedPlace): boolean =>
  place.sequence === 0 || (applied.generation === place.generation && applied.sequence >= place.sequence)
