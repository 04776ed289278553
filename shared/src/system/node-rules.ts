/** The domain rules of a node: those of its folder, as it stands at any time, and those published at it. */
import { RuleShelf } from '../conflict/rules/shelf.ts'
import type { Engine } from '../engine/engine.ts'
import { RuleBook } from '../engine/rule-book.ts'
import type { Store } from '../ports/store.ts'
import { systemClock } from './clock.ts'
import { using } from './config.ts'
import { watchRules } from './rules.ts'

export interface NodeRules {
  /** For the engine, before it is there. */
  readonly shelf: RuleShelf
  /** Once it is there: publishing. */
  open(engine: Engine, store: Store): RuleBook
  close(): void
}

export const nodeRules = async (folder: string | undefined, onProblem: (problem: string) => void): Promise<NodeRules> => {
  const shelf = new RuleShelf()
  let book: RuleBook | undefined
  const watched =
    folder === undefined
      ? undefined
      : await using('rulesFolder', () => watchRules(folder, { shelf, clock: systemClock, onChange: () => book?.changed(), onProblem }))
  return {
    shelf,
    open: (engine, store) => {
      book = new RuleBook(engine, store, shelf)
      return book
    },
    close: () => watched?.close(),
  }
}
