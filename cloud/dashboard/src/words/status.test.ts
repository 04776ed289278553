import { expect, test } from 'vitest'
import { standingOf } from '../state/listing.ts'
import { makeWorkflow } from '../state/make.ts'
import { workflowPhrase } from './status.ts'

const stage = { name: 'manual_review', title: 'Manual review', activity: 'active.synchronizing', next: [] } as const

test('DEF-8 a stage is told by its title, and stands as what its steps do', () => {
  const inStage = makeWorkflow({ id: 'w', status: 'active.manual_review', stage })
  expect(workflowPhrase(inStage)).toEqual({ word: 'Manual review', tone: 'held', sign: 'hourglass' })
  expect(standingOf(inStage, new Map())).toBe('held')
})

test('DEF-8 paused or ended, a workflow is told as that, whatever its stage', () => {
  const words = (['paused', 'completed'] as const).map((status) => workflowPhrase(makeWorkflow({ id: 'w', status, stage })).word)
  expect(words).toEqual(['Paused', 'Completed'])
})

test('a status of a newer node is told by its own name', () => {
  expect(workflowPhrase(makeWorkflow({ id: 'w', status: 'active.brand_new' })).word).toBe('active brand new')
})
