import { decodeEntry, EMPTY_CONTEXT, encodeEntry, eventLayouts } from '@holdfast/shared/workflow'
import { describe, expect, test } from 'vitest'
import { brokenLayouts, histories, type Layout, plain, recordedLayouts, statesOf } from './history.ts'

const recorded = histories()

describe('recorded histories keep their meaning', () => {
  test('PER-1 there are some, and together they hold every kind of event that there is', () => {
    const codes = new Set([...recorded.values()].flatMap(({ log }) => log.map(([code]) => code)))
    const missing = eventLayouts().filter(({ code }) => !codes.has(code))
    expect(missing, 'run test/replay/record.ts; where no world reaches them, give it one that does').toEqual([])
  })

  for (const [file, { about, log, fold, state }] of recorded) {
    test(`PER-1 ${file}: ${about}`, () => {
      const states = statesOf(fold === undefined ? { log } : { log, fold })
      // A later version may say more about a state, never something else.
      expect(plain(states.at(-1))).toMatchObject(state as object)
      if (fold === undefined) expect(states).toMatchObject(log.map((_, n) => ({ length: n + 1 })))
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

describe('the layout of events', () => {
  test('DEP-2 W8 no code and no order of fields is another than logs were written by', () => {
    expect(brokenLayouts(recordedLayouts(), eventLayouts())).toEqual([])
  })

  test('DEP-2 W8 every layout is on record; after adding one, run test/replay/record.ts', () => {
    expect(recordedLayouts()).toEqual(eventLayouts().toSorted((one, other) => one.code - other.code))
  })

  test('DEP-2 W8 a changed code, a moved field, a lost one and a new one that old logs lack are each noticed', () => {
    const layout = { code: 16, type: 'offered', fields: ['ref', 'attempt', 'agent?'] } as const
    const change = (changed: Partial<Layout>): readonly string[] => brokenLayouts([layout], [{ ...layout, ...changed }])
    expect(change({})).toEqual([])
    expect(change({ fields: [...layout.fields, 'lease?@'] })).toEqual([])
    expect(change({ code: 17 })).toEqual(['16 was offered and is gone'])
    expect(change({ type: 'declined' })).toEqual(['16 was offered and is declined'])
    expect(change({ fields: ['attempt', 'ref', 'agent?'] })).toEqual(['field 0 of offered was ref and is attempt'])
    expect(change({ fields: ['ref', 'attempt'] })).toEqual(['field 2 of offered was agent? and is gone'])
    expect(change({ fields: ['ref', 'attempt', 'agent?@'] })).toEqual(['field 2 of offered was agent? and is agent?@'])
    expect(change({ fields: [...layout.fields, 'lease'] })).toEqual(['offered has a new field that old logs lack: lease'])
  })
})
