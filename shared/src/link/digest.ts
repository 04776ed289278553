/**
 * Finding what two ends hold differently, at a cost that grows with the difference and not with what they hold: range-based set
 * reconciliation (Meyer, 2022). One end asks about ranges, with the folds of what it holds there; the other answers for each:
 *
 *    same                   equal folds: nothing differs there
 *    items                  few documents: their prints, to be compared one by one
 *    parts                  many: the range cut into smaller ones, with its own folds; the asker goes on with those that differ
 *
 *   A1  Every document that the ends hold differently is found, and none that they hold alike, if neither changes meanwhile.
 *   A2  O(d · log n) spans are told for d differences among n documents.
 *   A3  Each answer is smaller than its question: a part that is not is refused, so a peer can't make this go on for ever.
 *
 * Doesn't know about calls or documents; `engine/anti-entropy.ts` carries the questions and heals what is found.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { type Held, type Inventory, type Range, type Span, WHOLE } from './inventory.ts'

/** Documents of a range that are told one by one rather than cut further. */
export const FEW = 16
const PARTS = 16
/** Ranges asked about at a time: the answer to all must fit into a call. */
export const MAX_SPANS = 64

export type Told = { readonly same: true } | { readonly items: readonly Held[] } | { readonly parts: readonly Span[] }

export interface Difference {
  readonly document: string
  /** Prints; undefined where that end does not hold it. */
  readonly ours: string | undefined
  readonly theirs: string | undefined
}

export interface Search {
  readonly inventory: Inventory
  /** Ranges that are to be asked about. */
  readonly open: readonly Range[]
  readonly differences: readonly Difference[]
}

export const beginSearch = (inventory: Inventory): Search => ({ inventory, open: [WHOLE], differences: [] })

/** The next question; empty when the search is over. */
export const questionOf = ({ inventory, open }: Search): readonly Span[] => open.slice(0, MAX_SPANS).map((range) => inventory.spanOf(range))

export const answerTo = (inventory: Inventory, question: readonly Span[]): readonly Told[] =>
  question.slice(0, MAX_SPANS).map((theirs) => {
    const ours = inventory.spanOf(theirs)
    if (ours.fold === theirs.fold && ours.count === theirs.count) return { same: true }
    return ours.count <= FEW ? { items: inventory.within(theirs) } : { parts: inventory.split(theirs, PARTS) }
  })

export const hearAnswer = (search: Search, answer: readonly Told[]): Result<Search, Refusal> => {
  const asked = search.open.slice(0, MAX_SPANS)
  if (answer.length !== asked.length) return err(badAnswer)
  const open: Range[] = search.open.slice(MAX_SPANS)
  const differences: Difference[] = [...search.differences]
  for (const [index, range] of asked.entries()) {
    const told = answer[index]
    if (told === undefined || !isWithin(told, range)) return err(badAnswer)
    if ('items' in told) differences.push(...compared(search.inventory.within(range), told.items))
    if ('parts' in told) open.push(...told.parts.filter((theirs) => differs(search.inventory.spanOf(theirs), theirs)))
  }
  return ok({ ...search, open, differences })
}

const compared = (ours: readonly Held[], theirs: readonly Held[]): readonly Difference[] => {
  const theirPrints = new Map(theirs.map(({ document, print }) => [document, print]))
  const ourPrints = new Map(ours.map(({ document, print }) => [document, print]))
  return [...new Set([...ourPrints.keys(), ...theirPrints.keys()])]
    .map((document) => ({ document, ours: ourPrints.get(document), theirs: theirPrints.get(document) }))
    .filter((each) => each.ours !== each.theirs)
}

const differs = (ours: Span, theirs: Span): boolean => ours.fold !== theirs.fold || ours.count !== theirs.count

/** A3: parts stand end to end, cover the range, and there are at least two. */
const isWithin = (told: Told, { from, to }: Range): boolean => {
  if ('items' in told) return told.items.every(({ document }) => document >= from && (to === '' || document < to))
  if (!('parts' in told)) return true
  const { parts } = told
  if (parts.length < 2 || parts[0]?.from !== from || parts.at(-1)?.to !== to) return false
  return parts.every((part, index) => index === 0 || (part.from === parts[index - 1]?.to && part.from > (parts[index - 1]?.from ?? '')))
}

const badAnswer: Refusal = refusal('retry-later', 'bad-digest', 'The answer does not fit the ranges that were asked about.')
