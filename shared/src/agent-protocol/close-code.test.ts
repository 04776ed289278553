import { expect, test } from 'vitest'
import { afterClose, CLOSE_CODES } from './close-code.ts'

test('COO-9 a replaced agent leaves, a refused one waits, any other comes back', () => {
  expect(afterClose(CLOSE_CODES.replaced)).toBe('leave')
  for (const code of [CLOSE_CODES.unauthenticated, CLOSE_CODES.forbidden, CLOSE_CODES.protocolUnsupported])
    expect(afterClose(code)).toBe('wait')
  for (const code of [1000, 1001, 1006, 1008, 1011, 1013, CLOSE_CODES.malformed, CLOSE_CODES.helloTimeout])
    expect(afterClose(code)).toBe('retry')
})
