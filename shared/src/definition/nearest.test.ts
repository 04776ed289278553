import { expect, test } from 'vitest'
import { didYouMean, nearest } from './nearest.ts'

test('a typo finds what was meant', () => {
  expect(nearest('pcak', ['pick', 'pack'])).toBe('pack')
  expect(nearest('capabilty', ['kind', 'capability'])).toBe('capability')
  expect(nearest('maxAttempt', ['maxAttempts', 'maxDelayMs'])).toBe('maxAttempts')
})

test('what is not near is not guessed', () => {
  expect(nearest('x', ['y'])).toBeUndefined()
  expect(nearest('ship', ['pick', 'quality-check'])).toBeUndefined()
  expect(nearest('a'.repeat(65), ['a'.repeat(64)])).toBeUndefined()
  expect(didYouMean('', ['a'])).toBe('')
})
