import { expect, test } from 'vitest'
import { fixedAuthority, NO_AUTHORITY } from './fixed.ts'

const NOW = { wall: 1, monotonic: 1 }

test('a fixed authority decides for its homes at any moment, and for no other', () => {
  const authority = fixedAuthority(['harbour'], 3)
  expect([authority.isAuthority('harbour'), authority.epochOf('harbour')]).toEqual([true, 3])
  expect(authority.standing('harbour', NOW)).toEqual({ mayDecide: true })
  expect([authority.isAuthority('quay'), authority.epochOf('quay')]).toEqual([false, 0])
  expect(authority.standing('quay', NOW)).toMatchObject({ mayDecide: false, refusal: { code: 'not-the-authority' } })
  expect(NO_AUTHORITY.homes.size).toBe(0)
})
