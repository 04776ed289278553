/**
 * The line of a link through the lanes that the layout left free. The layout names a point per row that the line crosses; between rows
 * the line swings, along a card it runs straight, or it would cut that card's corners.
 */
import type { Direction } from './graph-layout.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** Middle of a row of cards along the direction of flow, rounded → half of its deepest card. */
export type Rows = ReadonlyMap<number, number>

export const linkPath = (points: readonly Point[], rows: Rows, direction: Direction): string => {
  const [start, ...others] = points.flatMap((point, index) => {
    const isEnd = index === 0 || index === points.length - 1
    return isEnd ? [point] : straight(point, rows.get(Math.round(along(point, direction))) ?? 0, direction)
  })
  if (start === undefined) return ''
  let from = start
  const curves = others.map((to) => {
    const curve = swing(from, to, direction)
    from = to
    return curve
  })
  return [`M${start.x},${start.y}`, ...curves].join(' ')
}

export const along = ({ x, y }: Point, direction: Direction): number => (direction === 'LR' ? x : y)

const straight = ({ x, y }: Point, half: number, direction: Direction): readonly Point[] => {
  if (half === 0) return [{ x, y }]
  return direction === 'LR'
    ? [
        { x: x - half, y },
        { x: x + half, y },
      ]
    : [
        { x, y: y - half },
        { x, y: y + half },
      ]
}

/** Leaves and arrives in the direction of flow. */
const swing = (from: Point, to: Point, direction: Direction): string => {
  const middle = (along(from, direction) + along(to, direction)) / 2
  return direction === 'LR'
    ? `C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`
    : `C${from.x},${middle} ${to.x},${middle} ${to.x},${to.y}`
}
