import { expect, test } from 'vitest'
import { editNotes, readFields, readNotes, setLabel, setTitle } from './fields.ts'
import { openReplica } from './replica.ts'
import { codeOf, replicaOf, unwrap } from './test-support.ts'

test('title and labels read back; a label set to null is gone', () => {
  const replica = openReplica(1)
  const updates = [
    setTitle(replica, 'Night load'),
    setLabel(replica, 'dock', '7'),
    setLabel(replica, 'x', 'y'),
    setLabel(replica, 'x', null),
  ]
  const { title, labels } = readFields(replicaOf(2, updates.map(unwrap)))
  expect(title).toBe('Night load')
  expect([...labels]).toEqual([['dock', '7']])
})

test('notes written at once on two replicas merge', () => {
  const [one, two] = [openReplica(1), openReplica(2)]
  const first = unwrap(editNotes(one, { at: 0, remove: 0, insert: 'late ' }))
  const second = unwrap(editNotes(two, { at: 0, remove: 0, insert: 'truck' }))
  one.apply(second)
  two.apply(first)
  expect(readNotes(one)).toBe(readNotes(two))
  expect(readNotes(one)).toHaveLength(10)
  const cleared = unwrap(editNotes(one, { at: 0, remove: 10, insert: 'ok' }))
  two.apply(cleared)
  expect(readNotes(two)).toBe('ok')
})

test('edits outside the notes, and half characters, are refused', () => {
  const replica = openReplica(1)
  expect(codeOf(editNotes(replica, { at: 1, remove: 0, insert: 'x' }))).toBe('out-of-range')
  expect(codeOf(editNotes(replica, { at: 0, remove: 1, insert: '' }))).toBe('out-of-range')
  expect(codeOf(editNotes(replica, { at: 0, remove: 0, insert: '\ud83d' }))).toBe('bad-content')
  expect(codeOf(setTitle(replica, '\ud83d'))).toBe('bad-content')
})
