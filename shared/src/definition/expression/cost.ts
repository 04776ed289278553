/**
 * How often an expression may go around, told from its text and the sizes that the input's schema allows, before it ever runs.
 *
 *   input.lines.all(a, input.lines.exists(b, …))    with maxItems: 1000    1000 · (1 + 1000)
 *
 * A list of unknown size counts as one element, so the figure is never more than what the worst permitted input costs: what exceeds the
 * budget here would fail there. What can't be told here is left to the budget while it runs.
 */
import { childrenOf, type Tree } from './syntax.ts'

/** Names below a variable; `[]` stands for an element. */
type Path = readonly string[]

/** The most elements a list may have, where that is known. */
export type SizeOf = (path: Path) => number | undefined

type Bound = ReadonlyMap<string, Path>

export const mostRounds = (tree: Tree, sizeOf: SizeOf, bound: Bound = new Map()): number => {
  const { case: kind, value } = tree.exprKind
  const all = (trees: readonly (Tree | undefined)[], seen = bound): number =>
    trees.reduce((sum, each) => sum + (each === undefined ? 0 : mostRounds(each, sizeOf, seen)), 0)
  if (kind !== 'comprehensionExpr') return all(childrenOf(tree))
  const { iterRange, accuInit, iterVar, loopCondition, loopStep, result } = value
  const list = iterRange === undefined ? undefined : pathIn(iterRange, bound)
  const inside = list === undefined ? withoutName(bound, iterVar) : new Map(bound).set(iterVar, [...list, '[]'])
  const each = 1 + all([loopCondition, loopStep], inside)
  return all([iterRange, accuInit]) + (iterRange === undefined ? 0 : sizeIn(iterRange, sizeOf, bound)) * each + all([result], inside)
}

const sizeIn = (tree: Tree, sizeOf: SizeOf, bound: Bound): number => {
  const { case: kind, value } = tree.exprKind
  if (kind === 'listExpr') return value.elements.length
  // What macros collect is no longer than what they go through.
  if (kind === 'comprehensionExpr') return value.iterRange === undefined ? 1 : sizeIn(value.iterRange, sizeOf, bound)
  const path = pathIn(tree, bound)
  return (path === undefined ? undefined : sizeOf(path)) ?? 1
}

/** A path of members from a variable outside, a loop's variable being an element of the list it goes through. */
const pathIn = (tree: Tree, bound: Bound): Path | undefined => {
  const { case: kind, value } = tree.exprKind
  if (kind === 'identExpr') return bound.get(value.name) ?? [value.name]
  if (kind !== 'selectExpr' || value.testOnly || value.operand === undefined) return undefined
  const object = pathIn(value.operand, bound)
  return object === undefined ? undefined : [...object, value.field]
}

/** The name is another thing inside. */
const withoutName = (bound: Bound, name: string): Bound => new Map(bound).set(name, [])
