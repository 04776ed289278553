/**
 * What lies beyond a cut, read as its writer wrote it: on the whole way from the log's beginning to it, because entries are written as
 * differences from the ones before.
 *
 *   ──── counts ────┬──▶ the log
 *                   └── beyond the cut ──▶ one branch for each segment that has such entries
 */
import type { Link, LogIndex, Segment } from './log-index.ts'
import type { Replica } from './replica.ts'
import { type CutEntry, entryOf, isBeyondCut } from './segments.ts'

export interface Branch {
  /** The segment whose end lies beyond the cut. */
  readonly segment: string
  /** Its first element that does. */
  readonly from: number
  /** Its last element. */
  readonly last: number
  /** Entries of the log that it shares with what counts. */
  readonly shared: number
}

/** Those that a log has, in the order of their segments. */
export const branches = ({ log }: Pick<Replica, 'log'>): readonly Branch[] => {
  const chain = log.chain()
  return [...log.segments().values()].flatMap((segment) => {
    const link = log.linkOf(segment.name)
    const from = link?.limit ?? (isBeyondCut(log, segment) ? 1 : Number.POSITIVE_INFINITY)
    const last = segment.elements.length - 1
    return from > last ? [] : [{ segment: segment.name, from, last, shared: sharedLength(log, segment, link, chain) }]
  })
}

/** Every entry on the way to a segment's end, those that count among them. */
export const alongBranch = ({ log }: Pick<Replica, 'log'>, name: string): readonly CutEntry[] =>
  pathTo(log, name).flatMap(({ segment, limit }) =>
    segment.elements.slice(1, Math.min(limit, segment.elements.length)).map((element, offset) => ({
      segment: segment.name,
      index: offset + 1,
      entry: entryOf(element),
    })),
  )

interface Stretch {
  readonly segment: Segment
  readonly limit: number
}

const pathTo = (log: LogIndex, name: string): readonly Stretch[] => {
  const path: Stretch[] = []
  const seen = new Set<string>()
  let limit = Number.POSITIVE_INFINITY
  for (let segment = log.segments().get(name); segment?.opener !== undefined && !seen.has(segment.name); ) {
    seen.add(segment.name)
    path.unshift({ segment, limit })
    const { base } = segment.opener
    if (base === null) return path
    limit = base.length
    segment = log.segments().get(base.segment)
  }
  return path
}

/** Up to where the branch left what counts. */
const sharedLength = (log: LogIndex, segment: Segment, link: Link | undefined, chain: readonly Link[]): number => {
  if (link !== undefined) return link.before + link.limit - 1
  const left = pathTo(log, segment.name).findLast((stretch) => log.linkOf(stretch.segment.name) !== undefined)
  const at = left && chain.find((each) => each.segment.name === left.segment.name)
  return at === undefined || left === undefined ? 0 : at.before + Math.min(at.limit, left.limit) - 1
}
