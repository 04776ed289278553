import { decodeEntry, EMPTY_CONTEXT, encodeEntry } from '@holdfast/shared/workflow'
import { describe, expect, test } from 'vitest'
import { histories, plain, statesOf } from './history.ts'

const recorded = histories()

describe('recorded histories keep their meaning', () => {
  test('PER-1 there are some, and together they hold every kind of event that a workflow can have', () => {
    const codes = new Set([...recorded.values()].flatMap(({ log }) => log.map(([code]) => code)))
    // 14 is for resources, which no decision leads to yet; 32 to 34 belong to home documents.
    const expected = Array.from({ length: 31 }, (_, n) => n + 1).filter((code) => code !== 14)
    expect(expected.filter((code) => !codes.has(code))).toEqual([])
  })

  for (const [file, { about, log, state }] of recorded) {
    test(`PER-1 ${file}: ${about}`, () => {
      const states = statesOf(log)
      // A later version may say more about a state, never something else.
      expect(plain(states.at(-1))).toMatchObject(state as object)
      expect(states.map((each) => each?.length)).toEqual(log.map((_, n) => n + 1))
    })

    test(`PER-1 ${file}: written again, it is the same bytes`, () => {
      let context = EMPTY_CONTEXT
      for (const coded of log) {
        const { entry, context: next } = decodeEntry(coded, context)
        expect(entry.event.type).not.toBe('unknown')
        expect(encodeEntry(entry, context).coded).toEqual(coded)
        context = next
      }
    })
  }
})
