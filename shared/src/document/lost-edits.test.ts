import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFields, setLabel, setTitle } from './fields.ts'
import { applyAndCompare } from './lost-edits.ts'
import { openReplica, type Replica } from './replica.ts'

const write = (replica: Replica, title: string): Uint8Array => {
  const written = setTitle(replica, title)
  if (!written.ok) throw new Error(written.error.message)
  return written.value
}
const pair = (): readonly [Replica, Replica] => [openReplica(1), openReplica(2)]

describe('CON-4 edits of one field', () => {
  test('CON-4 who had seen the other loses nothing', () => {
    const [here, there] = pair()
    there.apply(write(here, 'one'))
    expect(applyAndCompare(here, write(there, 'two'))).toEqual([])
    expect(readFields(here).title).toBe('two')
  })

  test('CON-4 I13 of two that had not seen each other one is lost, whichever end looks, and it is told which', () => {
    const [here, there] = pair()
    const [mine, theirs] = [write(here, 'mine'), write(there, 'theirs')]
    const [lostHere, lostThere] = [applyAndCompare(here, theirs), applyAndCompare(there, mine)]
    expect(readFields(here)).toEqual(readFields(there))
    const { title } = readFields(here)
    const lost = title === 'mine' ? 'theirs' : 'mine'
    expect(lostHere).toMatchObject([{ field: 'title', kept: title, lost }])
    expect(lostThere).toMatchObject([{ field: 'title', kept: title, lost }])
  })

  test('CON-4 several edits of one author count as the last of them; other fields, and the same text, are no loss', () => {
    const [here, there] = pair()
    there.apply(write(here, 'first'))
    write(here, 'mine')
    const updates = [write(there, 'one'), write(there, 'two')]
    const losses = updates.flatMap((update) => applyAndCompare(here, update))
    expect(losses.length).toBeGreaterThan(0)
    expect(losses.every(({ kept, lost }) => kept === readFields(here).title || lost !== readFields(here).title)).toBe(true)
    const [one, other] = pair()
    write(one, 'same')
    expect(applyAndCompare(one, write(other, 'same'))).toEqual([])
    const label = setLabel(other, 'bay', '7')
    expect(label.ok && applyAndCompare(one, label.value)).toEqual([])
  })

  test('CON-4 whatever is written apart, both ends agree on what is kept, and nothing kept is called lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
        fc.array(fc.constantFrom('x', 'y'), { maxLength: 3 }),
        (mine, theirs) => {
          const [here, there] = pair()
          const [sent, received] = [mine.map((title) => write(here, title)), theirs.map((title) => write(there, title))]
          const losses = received.flatMap((update) => applyAndCompare(here, update))
          for (const update of sent) applyAndCompare(there, update)
          const { title } = readFields(here)
          expect(readFields(there).title).toBe(title)
          const loser: readonly string[] = mine.some((each) => each === title) ? theirs : mine
          const expected = mine.length > 0 && theirs.length > 0 ? [loser.at(-1)] : []
          const lost = losses.map((each) => each.lost)
          expect(lost.filter((each) => each === loser.at(-1)).slice(0, 1)).toEqual(expected)
        },
      ),
    )
  })
})
