import { expect, test } from 'vitest'
import type { WorkflowSummary } from '../api/types.ts'
import { type Filter, list, noFilter, standingOf } from './listing.ts'
import { makeWorkflow } from './make.ts'

const facilities = new Map([
  ['lyon', { title: 'Lyon North', connected: true }],
  ['graz', { title: 'Graz', connected: false }],
])

const workflows: readonly WorkflowSummary[] = [
  makeWorkflow({ id: 'moving', createdAt: 10, updatedAt: 90 }),
  makeWorkflow({ id: 'moving-newer', createdAt: 20, updatedAt: 30 }),
  makeWorkflow({ id: 'unseen', facility: 'graz' }),
  makeWorkflow({ id: 'held-short', status: 'active.waiting_for_resource', updatedAt: 80, explain: 'Waits for Dock 4.' }),
  makeWorkflow({ id: 'held-long', status: 'paused', updatedAt: 5 }),
  makeWorkflow({ id: 'held-critical', status: 'active.synchronizing', priority: 'critical', updatedAt: 85 }),
  makeWorkflow({ id: 'failed', status: 'failed', facility: 'graz', updatedAt: 40 }),
  makeWorkflow({ id: 'done', status: 'completed', updatedAt: 50 }),
  makeWorkflow({ id: 'cancelled', status: 'cancelled', updatedAt: 60 }),
]

const ids = (filter: Partial<Filter>, limit = 200) =>
  list(workflows, facilities, { ...noFilter, ...filter }, limit).sections.map((section) => section.workflows.map(({ id }) => id))

test('what is held up comes first, most urgent, then longest; what moves keeps its place when it changes', () => {
  expect(ids({})).toEqual([
    ['held-critical', 'held-long', 'held-short'],
    ['unseen'],
    ['moving-newer', 'moving'],
    ['failed'],
    ['cancelled', 'done'],
  ])
})

test('standing: what waits is held up also out of sight, and only what is proposed is not held up', () => {
  expect(standingOf(makeWorkflow({ id: 'a', facility: 'graz', status: 'paused' }), facilities)).toBe('held')
  expect(standingOf(makeWorkflow({ id: 'a', facility: 'graz', status: 'pending', pending: true }), facilities)).toBe('unseen')
  expect(standingOf(makeWorkflow({ id: 'a', facility: 'never-heard-of' }), facilities)).toBe('moving')
})

test('other sorts give one list', () => {
  expect(ids({ sort: 'changed', facility: 'lyon', priority: 'normal' })).toEqual([
    ['moving', 'held-short', 'cancelled', 'done', 'moving-newer', 'held-long'],
  ])
  expect(ids({ sort: 'priority' })[0]?.[0]).toBe('held-critical')
  expect(ids({ sort: 'started' })[0]?.slice(0, 2)).toEqual(['moving-newer', 'moving'])
})

test('every word of the text must occur in what the row shows', () => {
  expect(ids({ text: '  DOCK   lyon ' })).toEqual([['held-short']])
  expect(ids({ text: 'dock graz' })).toEqual([])
  expect(ids({ text: 'paused' })).toEqual([['held-long']])
})

test('counts ignore the chosen standing but not the other filters, and the total ignores the cap', () => {
  const listing = list(workflows, facilities, { ...noFilter, standing: 'held', facility: 'lyon' }, 2)
  expect(listing.counts).toEqual({ held: 3, unseen: 0, moving: 2, failed: 0, ended: 2 })
  expect(listing.total).toBe(3)
  expect(listing.sections.flatMap((section) => section.workflows)).toHaveLength(2)
})

test('the cap runs over all sections, and an empty section has no heading', () => {
  expect(ids({}, 4)).toEqual([['held-critical', 'held-long', 'held-short'], ['unseen']])
  expect(ids({ facility: 'nowhere' })).toEqual([])
})
