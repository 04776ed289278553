import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joined, parseSession, type Session, sessionText } from './session.ts'

const sessions: fc.Arbitrary<Session> = fc
  .array(fc.record({ home: fc.constantFrom('a', 'b'), generation: fc.constantFrom('g', 'h'), sequence: fc.nat(9) }), { maxLength: 6 })
  .map((places) => joined(places, []))

const sorted = (session: Session): readonly string[] => session.map((seen) => JSON.stringify(seen)).toSorted()

describe('I10 a session token', () => {
  test('I10 reads as what it says', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        expect(parseSession(sessionText(session))).toEqual(session)
      }),
    )
  })

  test('I10 joined with another it names the later place of each feed, whichever comes first', () => {
    fc.assert(
      fc.property(sessions, sessions, (one, other) => {
        const both = joined(one, other)
        expect(sorted(both)).toEqual(sorted(joined(other, one)))
        for (const { home, generation, sequence } of [...one, ...other]) {
          const place = both.find((seen) => seen.home === home && seen.generation === generation)
          expect(place?.sequence).toBeGreaterThanOrEqual(sequence)
        }
      }),
    )
  })

  test.each(['', 'x', '{}', '[1]', '[["a","g"]]', '[["a","g",-1]]', '[["a","g",1.5]]', '[["a",2,1]]', `["${'x'.repeat(9_000)}"]`])(
    'I10 %j is none',
    (text) => {
      expect(parseSession(text)).toBeUndefined()
    },
  )
})
