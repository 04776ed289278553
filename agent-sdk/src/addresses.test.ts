import { expect, test } from 'vitest'
import { Addresses } from './addresses.ts'

test('SYN-7 an agent goes from one gateway to the next until one lets it in, and comes back to that one first', () => {
  const addresses = new Addresses(['a', 'b', 'c'])
  expect([addresses.next(), addresses.next()]).toEqual(['a', 'b'])
  addresses.welcomed()
  expect([addresses.next(), addresses.next(), addresses.next(), addresses.next()]).toEqual(['b', 'c', 'a', 'b'])
})

test('one address is tried again and again; none is a fault of the program', () => {
  const addresses = new Addresses('a')
  expect([addresses.next(), addresses.next()]).toEqual(['a', 'a'])
  expect(() => new Addresses([])).toThrow(RangeError)
})
