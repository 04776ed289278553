import { expect, test } from 'vitest'
import type { LinkView, StepView } from '../api/types.ts'
import { CARD_WIDTH, type Card, cardsOf, draw, type Placed } from './graph-layout.ts'

const step = (ref: number, id: string, more: Partial<StepView> = {}): StepView => ({
  ref,
  id,
  title: id,
  type: 'task',
  status: 'pending',
  attempt: 0,
  since: 0,
  ...more,
})
const link = (from: string, to: string): LinkView => ({ from, to, trigger: 'complete', state: 'undecided' })

const overlap = (one: Placed, other: Placed): boolean =>
  one.x < other.x + CARD_WIDTH && other.x < one.x + CARD_WIDTH && one.y < other.y + other.height && other.y < one.y + one.height

const chain = ['a', 'b', 'c', 'd', 'e', 'f']
const cards = cardsOf(chain.map((id, ref) => step(ref, id)))
const links = chain.slice(1).map((id, index) => link(chain[index]!, id))

test('left to right while it fits, else top to bottom', () => {
  expect(draw(cards, links, 1_600).direction).toBe('LR')
  expect(draw(cards, links, 360).direction).toBe('TB')
})

test('cards never overlap, however tall', () => {
  const tall: readonly Card[] = cardsOf([
    step(0, 'a', { agent: 'x', waitsFor: 'A long wait.' }),
    step(1, 'map', { type: 'map' }),
    step(2, 'c'),
    ...Array.from({ length: 30 }, (_, index) => step(3 + index, `map/${index}`, { parent: 1 })),
  ])
  for (const width of [300, 2_000]) {
    const { cards: placed } = draw(tall, [link('a', 'map'), link('a', 'c')], width)
    expect(placed).toHaveLength(3)
    for (const one of placed) for (const other of placed) expect(one !== other && overlap(one, other)).toBe(false)
  }
})

test("a map takes its items in: failed first, then what waits, and it counts what's settled", () => {
  const [card] = cardsOf([
    step(0, 'map', { type: 'map' }),
    step(1, 'map/0', { parent: 0, status: 'succeeded' }),
    step(2, 'map/1', { parent: 0, status: 'running' }),
    step(3, 'map/2', { parent: 0, status: 'waiting_for_resource' }),
    step(4, 'map/3', { parent: 0, status: 'failed' }),
  ])
  expect(card?.items.map(({ id }) => id)).toEqual(['map/3', 'map/2', 'map/1', 'map/0'])
  expect(card?.settled).toBe(2)
})

test('no steps, and links to steps that are not there, are drawn as nothing', () => {
  expect(draw([], [], 800)).toMatchObject({ cards: [], direction: 'LR' })
  expect(draw(cards, [...links, link('a', 'gone'), link('gone', 'b')], 1_600).cards).toHaveLength(6)
})
