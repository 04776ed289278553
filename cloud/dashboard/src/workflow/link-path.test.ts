import { expect, test } from 'vitest'
import { linkPath } from './link-path.ts'

test('a link to the next row is one swing', () => {
  const points = [
    { x: 0, y: 10 },
    { x: 100, y: 50 },
  ]
  expect(linkPath(points, new Map(), 'LR')).toBe('M0,10 C50,10 50,50 100,50')
  expect(linkPath(points, new Map(), 'TB')).toBe('M0,10 C0,30 100,30 100,50')
})

test('along a row that it crosses the line runs straight', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 100, y: 80 },
    { x: 200, y: 0 },
  ]
  expect(linkPath(points, new Map([[100, 30]]), 'LR')).toBe('M0,0 C35,0 35,80 70,80 C100,80 100,80 130,80 C165,80 165,0 200,0')
})

test('no points, no line', () => {
  expect(linkPath([], new Map(), 'LR')).toBe('')
})
