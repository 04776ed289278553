import { expect, test } from 'vitest'
import { glance } from './glance.ts'
import { makeFacility } from './make.ts'

const facilities = (cut: number, all: number) =>
  Array.from({ length: all }, (_, index) => makeFacility({ id: `${index}`, title: `F${index}`, connected: index >= cut }))

test.each([
  [0, 0, 0, 'No facility has enrolled yet. Nothing is held up.'],
  [0, 1, 0, 'The facility is connected. Nothing is held up.'],
  [0, 2, 0, 'Both facilities are connected. Nothing is held up.'],
  [0, 3, 1, 'All 3 facilities are connected. 1 workflow is held up.'],
  [1, 3, 4, 'F0 is cut off. 4 workflows are held up.'],
  [2, 3, 0, 'F0 and F1 are cut off. Nothing is held up.'],
  [3, 9, 2, '3 of 9 facilities are cut off. 2 workflows are held up.'],
])('%i cut of %i, %i held up', (cut, all, held, sentence) => {
  const { link, work, isCalm } = glance(facilities(cut, all), held)
  expect(`${link} ${work}`).toBe(sentence)
  expect(isCalm).toBe(cut === 0 && held === 0)
})
