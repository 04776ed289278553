import { expect, test } from 'vitest'
import { tokenInFragment } from './token.ts'

test('a token is taken from the fragment and from nowhere else', () => {
  expect(tokenInFragment('#token=abc.def')).toBe('abc.def')
  expect(tokenInFragment('#token=a%2Bb')).toBe('a+b')
  expect(tokenInFragment('#token=')).toBeUndefined()
  expect(tokenInFragment('#/workflow/1')).toBeUndefined()
  expect(tokenInFragment('')).toBeUndefined()
})
