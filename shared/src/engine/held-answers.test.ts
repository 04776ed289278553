import { expect, test } from 'vitest'
import { ok } from '../values/result.ts'
import { DECIDED } from './answers.ts'
import { ANSWER_WITHIN_MS, HeldAnswers } from './held-answers.ts'
import { ManualClock } from './test-support.ts'

const holding = () => {
  const clock = new ManualClock()
  const held = new HeldAnswers(clock)
  const heard: string[] = []
  const parts = { home: 'harbour', document: 'w', epoch: 2, place: 5, result: ok(DECIDED) }
  held.hold({ ...parts, answer: (result) => heard.push(result.ok ? result.value.outcome : result.error.code) })
  return { clock, held, heard }
}

test('V6 SYN-4 it is answered when the hub holds it, and not before', () => {
  const { held, heard } = holding()
  held.acknowledged('harbour', 4, 2)
  held.acknowledged('hillside', 9, 2)
  expect(heard).toEqual([])
  held.acknowledged('harbour', 5, 2)
  expect(heard).toEqual(['decided'])
})

test('V7 SYN-4 I14 what the hub got when the lease had run out, or another epoch was held, waits for the lease to be confirmed', async () => {
  const { clock, held, heard } = holding()
  held.acknowledged('harbour', 9, undefined)
  held.acknowledged('harbour', 9, 3)
  expect(heard).toEqual([])
  held.acknowledged('harbour', 9, 2)
  expect(heard).toEqual(['decided'])
  const other = holding()
  other.held.acknowledged('harbour', 9, undefined)
  await other.clock.advance(ANSWER_WITHIN_MS)
  expect([other.heard, clock.now().monotonic]).toEqual([['unknown'], 0])
})
