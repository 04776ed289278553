import { expect, test } from 'vitest'
import { isRetryable, LASTING_CODES, PASSING_CODES } from './errors.ts'

test('RES-2 what may pass is tried again', () => {
  for (const code of ['timeout', 'network', 'connection', 'temporary', 'rate-limit', 'http-502', 'http-503', 'http-504', 'lease-lost'])
    expect(isRetryable(code)).toBe(true)
})

test('RES-2 what lasts is not, even when its reporter hopes so', () => {
  for (const code of ['validation', 'authentication', 'authorization', 'http-400', 'http-401', 'http-403', 'http-404']) {
    expect(isRetryable(code)).toBe(false)
    expect(isRetryable(code, true)).toBe(false)
  }
})

test('RES-2 an unknown code is tried again only when its reporter says so', () => {
  expect(isRetryable('gripper-slipped')).toBe(false)
  expect(isRetryable('gripper-slipped', false)).toBe(false)
  expect(isRetryable('gripper-slipped', true)).toBe(true)
})

test('RES-2 a reporter may call a passing failure final', () => {
  expect(isRetryable('timeout', false)).toBe(false)
})

test('RES-2 judging a judged error again changes nothing', () => {
  for (const code of [...PASSING_CODES, ...LASTING_CODES, 'own-code'])
    for (const reported of [undefined, true, false]) {
      const once = isRetryable(code, reported)
      expect(isRetryable(code, once)).toBe(once)
    }
})
