import { expect, test } from 'vitest'
import { makeFacility, makeWorkflow } from './make.ts'
import { type Action, type DashboardState, initialState, reduce } from './state.ts'

const after = (...actions: readonly Action[]): DashboardState => actions.reduce(reduce, initialState)

const snapshot = (askedAt: number, ...ids: readonly string[]): Action => ({
  type: 'snapshot',
  askedAt,
  workflows: ids.map((id) => makeWorkflow({ id, title: `asked at ${askedAt}` })),
  facilities: [],
  truncated: false,
})
const said = (at: number, id: string): Action => ({ type: 'workflow', at, workflow: makeWorkflow({ id, title: `said at ${at}` }) })
const titles = (state: DashboardState) => Object.fromEntries([...state.workflows].map(([id, { value }]) => [id, value.title]))

test('P1 a live message replaces what is held, also when its clock is behind', () => {
  const late: Action = { type: 'workflow', at: 9, workflow: makeWorkflow({ id: 'a', title: 'after a handover', updatedAt: -5 }) }
  expect(titles(after(snapshot(1, 'a'), said(5, 'a'), late))).toEqual({ a: 'after a handover' })
})

test('P2 an answer never overwrites what the socket said since it was asked for', () => {
  expect(titles(after(said(5, 'a'), snapshot(4, 'a', 'b')))).toEqual({ a: 'said at 5', b: 'asked at 4' })
  expect(titles(after(said(5, 'a'), snapshot(6, 'a')))).toEqual({ a: 'asked at 6' })
})

test('P3 what a snapshot lacks is gone, unless the socket said it since', () => {
  expect(titles(after(snapshot(1, 'a', 'b'), said(5, 'new'), snapshot(4, 'b')))).toEqual({ b: 'asked at 4', new: 'said at 5' })
})

test('what a search found is added, and removes nothing', () => {
  const found: Action = { type: 'found', askedAt: 2, workflows: [makeWorkflow({ id: 'old', title: 'found' })] }
  expect(titles(after(snapshot(1, 'a'), found))).toEqual({ a: 'asked at 1', old: 'found' })
})

test('facilities follow the same rules', () => {
  const cut: Action = { type: 'facility', at: 5, facility: makeFacility({ id: 'lyon', connected: false }) }
  const asked = (askedAt: number): Action => ({ type: 'facilities', askedAt, facilities: [makeFacility({ id: 'lyon' })] })
  expect(after(cut, asked(4)).facilities.get('lyon')?.value.connected).toBe(false)
  expect(after(cut, asked(6)).facilities.get('lyon')?.value.connected).toBe(true)
})

test('P4 a silent open socket counts as knowing, up to the moment it went', () => {
  const state = after(
    snapshot(5),
    { type: 'live', at: 10, live: 'live' },
    { type: 'live', at: 500, live: 'waiting' },
    { type: 'unreachable' },
  )
  expect(state).toMatchObject({ live: 'waiting', lost: true, knownAt: 500 })
  expect(reduce(state, { type: 'live', at: 900, live: 'connecting' })).toMatchObject({ lost: true, knownAt: 500 })
})

test('P4 before the first snapshot nothing is known, whatever the socket says', () => {
  expect(
    after({ type: 'live', at: 1, live: 'live' }, said(2, 'a'), { type: 'facilities', askedAt: 3, facilities: [] }).knownAt,
  ).toBeUndefined()
})

test('any answer ends the loss', () => {
  expect(after({ type: 'unreachable' }, snapshot(7, 'a'))).toMatchObject({ lost: false, knownAt: 7 })
})

test('a change gives a new map, so that what is drawn from it is drawn again', () => {
  const before = after(snapshot(1, 'a'))
  const next = reduce(before, said(2, 'a'))
  expect(next.workflows).not.toBe(before.workflows)
  expect(next.facilities).toBe(before.facilities)
})
