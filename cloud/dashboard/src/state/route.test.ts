import { expect, test } from 'vitest'
import { type Filter, noFilter } from './listing.ts'
import { overviewAddress, parseRoute, workflowAddress } from './route.ts'

const NASTY = ['plain', 'two words', 'a&b=c', '?#/%', '100%', '%2F', 'a+b', 'naïve 貨物 🚚', '../..', ' leading']

test.each(NASTY)('a filter survives its address: %s', (text) => {
  const filter: Filter = { text, facility: text, standing: 'unseen', priority: 'critical', sort: 'changed' }
  expect(parseRoute(overviewAddress(filter))).toEqual({ page: 'overview', filter })
})

test.each(NASTY)('a workflow survives its address: %s', (id) => {
  expect(parseRoute(workflowAddress(id))).toEqual({ page: 'workflow', id })
})

test('the plain overview has a plain address', () => {
  expect(overviewAddress(noFilter)).toBe('#/')
})

test('any other address is the overview, with what makes no sense left out', () => {
  const overview = { page: 'overview', filter: noFilter }
  for (const fragment of ['', '#', '#/', '#/workflow/', '#main', '#/?show=everything&priority=none&sort=up']) {
    expect(parseRoute(fragment)).toEqual(overview)
  }
  expect(parseRoute('#/workflow/100%')).toEqual({ page: 'workflow', id: '100%' })
})
