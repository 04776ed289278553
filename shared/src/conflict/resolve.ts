/**
 * Settling a contest (CON-2). Strategies are tried in the order given; each finds the one way it stands for, or says why there is none.
 *
 *   priority       the more urgent keep it; only where every one of them is more urgent than every one that yields
 *   negotiation    those yield whose yielding costs least in all, among those who said what it costs and can wait that long: the
 *                  utilitarian choice, which with costs that add up is the cheapest ones
 *   reallocation   the least urgent take another of the same kind that is free and would do
 *   rescheduling   those wait who have most time until they must begin, if that is time enough
 *
 *   R1  What is at work and may not be taken away never yields.
 *   R2  Permuting the contenders changes nothing.
 */
import type { Priority } from '../definition/definition.ts'
import type { Contender, Contest, Settlement, Yield } from './contest.ts'
import type { Strategy } from './rules/rule.ts'

export interface Resolved {
  readonly settlement?: Settlement
  /** Strategies that found no way, each with the reason. */
  readonly tried: readonly string[]
}

/** A strategy's answer: a settlement, or why there is none. */
type Answer = Settlement | string

const URGENCY: readonly Priority[] = ['critical', 'high', 'normal', 'low']

export const resolve = (contest: Contest, strategies: readonly Strategy[]): Resolved => {
  const tried: string[] = []
  for (const strategy of strategies) {
    const answer = BY_STRATEGY[strategy]({ ...contest, contenders: contest.contenders.toSorted(urgency) })
    if (typeof answer !== 'string') return { settlement: answer, tried }
    tried.push(`${strategy}: ${answer}`)
  }
  return { tried }
}

const classOf = ({ priority }: Contender): number => URGENCY.indexOf(priority)

/** The most urgent first; among equals who has wanted it longest, then by id. */
export const urgency = (a: Contender, b: Contender): number =>
  classOf(a) - classOf(b) || a.since - b.since || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

const tooMany = ({ room, contenders }: Contest): number => Math.max(0, contenders.length - room)

const settled = (contest: Contest, strategy: Strategy, yields: readonly Yield[], why: string): Settlement => {
  const losers = new Set(yields.map(({ id }) => id))
  return { strategy, keeps: contest.contenders.map(({ id }) => id).filter((id) => !losers.has(id)), yields, why }
}

const namesOf = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(', ')

const byPriority = (contest: Contest): Answer => {
  const { contenders, room } = contest
  const [keep, yielding] = [contenders.slice(0, room), contenders.slice(room)]
  const holder = yielding.find(({ holds }) => holds === true)
  if (holder !== undefined) return `${holder.name} is less urgent, but at work already`
  const [last, first] = [keep.at(-1), yielding[0]]
  if (last !== undefined && first !== undefined && classOf(last) === classOf(first))
    return `${last.name} and ${first.name} are equally urgent (${last.priority})`
  const why = `${namesOf(keep)} keeps ${contest.about}, being ${last?.priority ?? 'most urgent'}; ${namesOf(yielding)} waits.`
  return settled(contest, 'priority', yielding, why)
}

const byNegotiation = (contest: Contest): Answer => {
  const waitMs = longestOf(contest.contenders)
  const willing = contest.contenders.filter(({ holds, yields }) => holds !== true && yields !== undefined && yields.upToMs >= (waitMs ?? 0))
  const needed = tooMany(contest)
  if (willing.length < needed) return `${needed} would have to yield, ${willing.length} declared that they can`
  const cheapest = willing.toSorted((a, b) => (a.yields?.cost ?? 0) - (b.yields?.cost ?? 0) || urgency(b, a)).slice(0, needed)
  const cost = cheapest.reduce((sum, { yields }) => sum + (yields?.cost ?? 0), 0)
  const offers = willing.map(({ name, yields }) => `${name} for ${yields?.cost ?? 0}`).join(', ')
  const why = `${namesOf(cheapest)} yields ${contest.about}, which costs ${cost} in all, the least of what was offered (${offers}).`
  return settled(contest, 'negotiation', cheapest.map(waiting(waitMs)), why)
}

const byReallocation = (contest: Contest): Answer => {
  const taken = new Set<string>()
  const moved: Yield[] = []
  for (const { id, name, substitutes = [], holds } of contest.contenders.toReversed()) {
    if (moved.length === tooMany(contest)) break
    const to = holds === true ? undefined : substitutes.toSorted().find((each) => !taken.has(each))
    if (to === undefined) continue
    taken.add(to)
    moved.push({ id, name, to })
  }
  if (moved.length < tooMany(contest)) return `nothing else is free that would do in place of ${contest.about}`
  const why = moved.map(({ name, to }) => `${name} takes ${to} in place of ${contest.about}`).join('; ')
  return settled(contest, 'reallocation', moved, `${why}.`)
}

const byRescheduling = (contest: Contest): Answer => {
  const { contenders, now } = contest
  const slackOf = ({ beginBy }: Contender): number => (beginBy === undefined ? Number.POSITIVE_INFINITY : beginBy - now)
  const movable = contenders.filter(({ holds }) => holds !== true)
  const last = movable.toSorted((a, b) => compare(slackOf(b), slackOf(a)) || urgency(b, a)).slice(0, tooMany(contest))
  const waitMs = longestOf(contenders.filter((each) => !last.includes(each)))
  const late = last.find((each) => slackOf(each) < (waitMs ?? 1))
  if (last.length < tooMany(contest)) return 'all of them are at work already'
  if (late !== undefined) return `${late.name} must begin within ${Math.max(0, slackOf(late))} ms, and would wait longer`
  const why = `${namesOf(last)} waits until ${contest.about} is free${waitMs === undefined ? '' : `, about ${waitMs} ms`}; it has the time.`
  return settled(contest, 'rescheduling', last.map(waiting(waitMs)), why)
}

/** Infinities subtract to no number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)

const longestOf = (contenders: readonly Contender[]): number | undefined => {
  const known = contenders.flatMap(({ takesMs }) => takesMs ?? [])
  return known.length === 0 ? undefined : Math.max(...known)
}

const waiting =
  (waitMs: number | undefined) =>
  ({ id, name }: Contender): Yield => ({ id, name, ...(waitMs === undefined ? {} : { waitMs }) })

/** Of two decisions, and of two writes of one field: what stands, or what came later. There is nothing to be shared out. */
const noContest = (): Answer => 'it settles decisions only'

const BY_STRATEGY: Readonly<Record<Strategy, (contest: Contest) => Answer>> = {
  priority: byPriority,
  negotiation: byNegotiation,
  reallocation: byReallocation,
  rescheduling: byRescheduling,
  keep: noContest,
  take: noContest,
}
