import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerTo, beginSearch, type Difference, FEW, hearAnswer, MAX_SPANS, questionOf, type Told } from './digest.ts'
import { type Held, Inventory, WHOLE } from './inventory.ts'

interface Searched {
  readonly differences: readonly Difference[]
  readonly calls: number
  /** Spans and items that went over the line, both ways. */
  readonly told: number
}

const search = (ours: readonly Held[], theirs: readonly Held[]): Searched => {
  const there = new Inventory(theirs)
  let state = beginSearch(new Inventory(ours))
  let told = 0
  let calls = 0
  for (let question = questionOf(state); question.length > 0; question = questionOf(state)) {
    const answer = answerTo(there, question)
    calls += 1
    told += question.length + answer.reduce((sum, each) => sum + sizeOf(each), 0)
    const heard = hearAnswer(state, answer)
    if (!heard.ok) throw new Error(heard.error.message)
    state = heard.value
  }
  return { differences: state.differences, calls, told }
}

const sizeOf = (told: Told): number => ('items' in told ? told.items.length : 'parts' in told ? told.parts.length : 1)

const idOf = (n: number): string => `w_${((n * 2_654_435_761) >>> 0).toString(16).padStart(8, '0')}`
const many = (count: number, print = 'p'): Held[] => Array.from({ length: count }, (_, n) => ({ document: idOf(n), print }))

const expected = (ours: readonly Held[], theirs: readonly Held[]): readonly Difference[] => {
  const prints = (held: readonly Held[]) => new Map(held.map(({ document, print }) => [document, print]))
  const [a, b] = [prints(ours), prints(theirs)]
  return [...new Set([...a.keys(), ...b.keys()])]
    .sort()
    .map((document) => ({ document, ours: a.get(document), theirs: b.get(document) }))
    .filter((each) => each.ours !== each.theirs)
}

const sorted = (differences: readonly Difference[]) => [...differences].sort((a, b) => (a.document < b.document ? -1 : 1))

describe('a search for what two ends hold differently', () => {
  test('A1 SYN-11 finds exactly what differs: missing at either end, or held differently', () => {
    const fate = fc.constantFrom('both', 'both', 'both', 'ours', 'theirs', 'changed')
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 400, size: 'max' }), (fates) => {
        const held = (end: 'ours' | 'theirs') =>
          fates.flatMap((which, n) =>
            which === 'ours' || which === 'theirs'
              ? which === end
                ? [{ document: idOf(n), print: 'p' }]
                : []
              : [{ document: idOf(n), print: which === 'changed' ? end : 'p' }],
          )
        const [ours, theirs] = [held('ours'), held('theirs')]
        expect(sorted(search(ours, theirs).differences)).toEqual(expected(ours, theirs))
      }),
      { numRuns: 300 },
    )
  })

  test('A2 costs one question when nothing differs, however much is held', () => {
    expect(search(many(20_000), many(20_000))).toMatchObject({ differences: [], calls: 1, told: 2 })
  })

  test.each([1, 10, 100])('A2 SYN-11 costs O(d · log n): %i changed among 20,000', (d) => {
    const theirs = many(20_000).map((held, n) => (n % (20_000 / d) === 7 ? { ...held, print: 'q' } : held))
    const { differences, told } = search(many(20_000), theirs)
    expect(differences.length).toBe(d)
    expect(told).toBeLessThan(d * 17 * Math.ceil(Math.log2(20_000) / 4 + 1))
  })

  test('A2 what one end lacks altogether is not told twice: an empty end is told by the other in full', () => {
    const { differences, told } = search([], many(1_000))
    expect(differences.length).toBe(1_000)
    expect(told).toBeLessThan(1_000 * 1.6)
    expect(search(many(1_000), []).told).toBeLessThan(3)
  })

  test('A3 an answer that does not shrink, leaves its range or is no answer to the question is refused', () => {
    const here = new Inventory(many(100))
    const state = beginSearch(here)
    const whole = here.spanOf(WHOLE)
    const bad: (readonly Told[])[] = [
      [],
      [{ parts: [{ ...whole, fold: 'x' }] }],
      [
        {
          parts: [
            { ...whole, to: 'w_5' },
            { ...whole, from: 'w_6' },
          ],
        },
      ],
      [
        {
          parts: [
            { ...whole, to: 'w_5' },
            { ...whole, from: 'w_5', to: 'w_7' },
          ],
        },
      ],
    ]
    for (const answer of bad) expect(hearAnswer(state, answer)).toMatchObject({ ok: false, error: { code: 'bad-digest' } })
    const narrow = { ...state, open: [{ from: 'w_1', to: 'w_2' }] }
    expect(hearAnswer(narrow, [{ items: [{ document: 'w_3', print: 'p' }] }]).ok).toBe(false)
  })

  test('a question names at most so many ranges, and few documents are told one by one', () => {
    const wide = {
      ...beginSearch(new Inventory([])),
      open: Array.from({ length: 500 }, (_, n) => ({ from: `w_${n + 1000}`, to: `w_${n + 1001}` })),
    }
    expect(questionOf(wide).length).toBe(MAX_SPANS)
    expect(answerTo(new Inventory(many(FEW)), [{ ...WHOLE, fold: '', count: 0 }])).toMatchObject([{ items: { length: FEW } }])
  })
})
