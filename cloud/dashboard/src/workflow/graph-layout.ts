/**
 * Where the steps stand. Sizes are computed from what a card shows instead of measured, so layout is pure and nothing jumps.
 *
 *   steps, links ──▶ cards (a map takes its items in) ──▶ dagre, left to right and top to bottom ──▶ the one that fits the width
 */
import { type EdgeLabel, Graph, type GraphLabel, layout, type NodeLabel } from '@dagrejs/dagre'
import type { LinkView, StepView } from '../api/types.ts'
import { isSettled } from '../words/status.ts'
import { along, linkPath, type Point, type Rows } from './link-path.ts'

export interface Card {
  readonly step: StepView
  /** Of a map: what its items are, those that need a look first. */
  readonly items: readonly StepView[]
  readonly settled: number
}

export type Direction = 'LR' | 'TB'

export interface Placed {
  readonly card: Card
  readonly x: number
  readonly y: number
  readonly height: number
}

export interface Line {
  readonly link: LinkView
  readonly path: string
  /** What the link says of itself, and where. */
  readonly words: string | undefined
  readonly at: Point
}

export interface Drawing {
  readonly direction: Direction
  readonly cards: readonly Placed[]
  readonly lines: readonly Line[]
  readonly width: number
  readonly height: number
}

export const CARD_WIDTH = 224
export const ITEMS_SHOWN = 4
const BASE_HEIGHT = 72
const LETTER_WIDTH = 6
const LABEL_HEIGHT = 18
const LINE_HEIGHT = 20
const SENTENCE_HEIGHT = 40
const ITEM_HEIGHT = 22
/** Below this the words are too small to read across a desk. */
export const SMALLEST_ZOOM = 0.65

export const cardsOf = (steps: readonly StepView[]): readonly Card[] =>
  steps
    .filter(({ parent }) => parent === undefined)
    .map((step) => {
      const items = steps.filter(({ parent }) => parent === step.ref)
      const byNeed = items.toSorted((one, other) => need(one) - need(other) || one.ref - other.ref)
      return { step, items: byNeed, settled: items.filter(({ status }) => isSettled(status)).length }
    })

export const cardHeight = ({ step, items }: Card): number => {
  const hidden = items.length > ITEMS_SHOWN ? 1 : 0
  const list = items.length === 0 ? 0 : 12 + ITEM_HEIGHT * (1 + Math.min(items.length, ITEMS_SHOWN) + hidden)
  return BASE_HEIGHT + (tryOf(step) === '' ? 0 : LINE_HEIGHT) + (sentenceOf(step) === undefined ? 0 : SENTENCE_HEIGHT) + list
}

/** Who is at it, and which try it is when it isn't the first. */
export const tryOf = ({ attempt, agent }: StepView): string =>
  [attempt > 1 ? `attempt ${attempt}` : '', agent === undefined ? '' : `by ${agent}`].filter(Boolean).join(' ')

/** What the card says beside its status: why it failed, or what it waits for. */
export const sentenceOf = (step: StepView): string | undefined => step.error?.message ?? step.waitsFor

export const draw = (cards: readonly Card[], links: readonly LinkView[], availableWidth: number): Drawing => {
  const across = place(cards, links, 'LR')
  if (across.width * SMALLEST_ZOOM <= availableWidth) return across
  const down = place(cards, links, 'TB')
  return down.width < across.width ? down : across
}

const need = ({ status }: StepView): number => (status === 'failed' ? 0 : isSettled(status) ? 3 : status === 'waiting_for_resource' ? 1 : 2)

const TRIGGER_WORDS: Readonly<Record<LinkView['trigger'], string | undefined>> = {
  complete: undefined,
  fail: 'if it fails',
  all: 'either way',
}

const wordsOf = ({ trigger, when }: LinkView): string | undefined => {
  const words = [TRIGGER_WORDS[trigger], when === undefined ? undefined : `if ${shortened(when)}`].filter((each) => each !== undefined)
  return words.length === 0 ? undefined : words.join(', ')
}

const shortened = (text: string): string => (text.length > 28 ? `${text.slice(0, 27)}…` : text)

const place = (cards: readonly Card[], links: readonly LinkView[], direction: Direction): Drawing => {
  const graph = graphOf(cards, links, direction)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  const placed = cards.map((card): Placed => {
    const { x = 0, y = 0 } = graph.node(card.step.id)
    const own = cardHeight(card)
    return { card, x: x - CARD_WIDTH / 2, y: y - own / 2, height: own }
  })
  const rows = rowsOf(placed, direction)
  const lines = graph.edges().flatMap((edge): readonly Line[] => {
    const link = links[Number(edge.name)]
    const { points = [], x = 0, y = 0 } = graph.edge(edge)
    if (link === undefined) return []
    const ends = [port(placed, link.from, direction, 'out'), ...points.slice(1, -1), port(placed, link.to, direction, 'in')]
    return [{ link, path: linkPath(ends, rows, direction), words: wordsOf(link), at: { x, y } }]
  })
  return { direction, cards: placed, lines, width, height }
}

const graphOf = (cards: readonly Card[], links: readonly LinkView[], direction: Direction): Graph<GraphLabel, NodeLabel, EdgeLabel> => {
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>({ multigraph: true })
  graph.setGraph({ rankdir: direction, nodesep: 24, ranksep: direction === 'LR' ? 64 : 48, marginx: 8, marginy: 8 })
  for (const card of cards) graph.setNode(card.step.id, { width: CARD_WIDTH, height: cardHeight(card) })
  for (const [index, link] of links.entries()) {
    if (!graph.hasNode(link.from) || !graph.hasNode(link.to)) continue
    const words = wordsOf(link)
    const label = words === undefined ? {} : { width: words.length * LETTER_WIDTH + 8, height: LABEL_HEIGHT, labelpos: 'c' as const }
    graph.setEdge(link.from, link.to, label, String(index))
  }
  return graph
}

const rowsOf = (placed: readonly Placed[], direction: Direction): Rows => {
  const rows = new Map<number, number>()
  for (const { x, y, height } of placed) {
    const middle = Math.round(along({ x: x + CARD_WIDTH / 2, y: y + height / 2 }, direction))
    rows.set(middle, Math.max(rows.get(middle) ?? 0, (direction === 'LR' ? CARD_WIDTH : height) / 2))
  }
  return rows
}

/** Links leave and enter a card at the middle of its side, however the line comes. */
const port = (placed: readonly Placed[], id: string, direction: Direction, way: 'in' | 'out'): Point => {
  const { x, y, height } = placed.find(({ card }) => card.step.id === id) ?? { x: 0, y: 0, height: 0 }
  return direction === 'LR'
    ? { x: way === 'in' ? x : x + CARD_WIDTH, y: y + height / 2 }
    : { x: x + CARD_WIDTH / 2, y: way === 'in' ? y : y + height }
}
