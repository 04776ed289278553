/** For tests: the real rules of a node over a shelf and a store that takes everything. */
import { RuleShelf } from '../conflict/rules/shelf.ts'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import { RuleBook } from '../engine/rule-book.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { refusal } from '../values/refusal.ts'
import { err } from '../values/result.ts'
import { type RulesApi, rulesOf } from './rules.ts'

export const toyRules = (): RulesApi => {
  const insist = async () => err(refusal('retry-later', 'stopping', 'a toy has no turns'))
  return rulesOf(
    new RuleBook({ insist, isShared: false }, openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'toy' }), new RuleShelf()),
  )
}
