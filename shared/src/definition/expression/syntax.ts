/** What an expression's syntax tree says before it runs: its cost, the names it uses, and whether it is only a path. */
import type { parse } from '@bufbuild/cel'

export type Tree = ReturnType<typeof parse>['expr']

export const MAX_SOURCE = 2_000
export const MAX_NODES = 400
/** Comprehensions inside comprehensions, their ranges included: each level multiplies the work. */
export const MAX_NESTING = 2
export const MAX_COMPREHENSIONS = 8

export interface Usage {
  nodes: number
  comprehensions: number
  nesting: number
  /** Names that stand for variables of the expression's surroundings. */
  readonly names: Set<string>
  readonly functions: Set<string>
  /** Ids in `steps.<id>` and `steps['<id>']`. */
  readonly steps: Set<string>
}

export const usageOf = (tree: Tree): Usage => {
  const usage: Usage = { nodes: 0, comprehensions: 0, nesting: 0, names: new Set(), functions: new Set(), steps: new Set() }
  usage.nesting = walk(tree, usage, new Set())
  return usage
}

/** @returns how deep comprehensions nest below here */
const walk = (tree: Tree, usage: Usage, bound: ReadonlySet<string>): number => {
  usage.nodes++
  const { case: kind, value } = tree.exprKind
  if (kind === 'comprehensionExpr') return walkComprehension(value, usage, bound)
  if (kind === 'identExpr' && !bound.has(value.name)) usage.names.add(value.name)
  if (kind === 'callExpr') usage.functions.add(value.function)
  noteStep(tree, usage, bound)
  return deepest(childrenOf(tree), usage, bound)
}

type Comprehension = Extract<Tree['exprKind'], { case: 'comprehensionExpr' }>['value']

const walkComprehension = (fold: Comprehension, usage: Usage, bound: ReadonlySet<string>): number => {
  usage.comprehensions++
  const inside = new Set([...bound, fold.accuVar, fold.iterVar])
  const range = deepest([fold.iterRange, fold.accuInit], usage, bound)
  return 1 + Math.max(range, deepest([fold.loopCondition, fold.loopStep, fold.result], usage, inside))
}

const deepest = (trees: readonly (Tree | undefined)[], usage: Usage, bound: ReadonlySet<string>): number =>
  trees.reduce((depth, tree) => (tree === undefined ? depth : Math.max(depth, walk(tree, usage, bound))), 0)

export const childrenOf = (tree: Tree): readonly (Tree | undefined)[] => {
  const { case: kind, value } = tree.exprKind
  switch (kind) {
    case 'selectExpr':
      return [value.operand]
    case 'callExpr':
      return [value.target, ...value.args]
    case 'listExpr':
      return value.elements
    case 'structExpr':
      return value.entries.flatMap((entry) => [entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined, entry.value])
    default:
      return []
  }
}

const noteStep = (tree: Tree, usage: Usage, bound: ReadonlySet<string>): void => {
  const path = bound.has('steps') ? undefined : memberOf(tree)
  if (path !== undefined && path.object.exprKind.case === 'identExpr' && path.object.exprKind.value.name === 'steps')
    usage.steps.add(path.name)
}

/** `a.b`, `has(a.b)` or `a['b']`, taken apart. */
const memberOf = (tree: Tree): { readonly object: Tree; readonly name: string } | undefined => {
  const { case: kind, value } = tree.exprKind
  if (kind === 'selectExpr') return value.operand === undefined ? undefined : { object: value.operand, name: value.field }
  if (kind !== 'callExpr' || value.function !== '_[_]') return undefined
  const [object, key] = value.args
  if (object === undefined || key?.exprKind.case !== 'constExpr') return undefined
  const constant = key.exprKind.value.constantKind
  return constant.case === 'stringValue' ? { object, name: constant.value } : undefined
}

/** The names of a pure member path such as `steps.pick.output.bin`, outermost first; undefined for anything else. */
export const pathOf = (tree: Tree): readonly string[] | undefined => {
  const names: string[] = []
  let at = tree
  for (;;) {
    if (at.exprKind.case === 'identExpr') return [at.exprKind.value.name, ...names.reverse()]
    const isTest = at.exprKind.case === 'selectExpr' && at.exprKind.value.testOnly
    const member = isTest ? undefined : memberOf(at)
    if (member === undefined) return undefined
    names.push(member.name)
    at = member.object
  }
}

/**
 * Macros collect a result as `@result + [element]`, which costs the square of the list. Nobody else can name `@result`, so adding to it in
 * place is not seen, and `@append` does that. Changes the tree given.
 */
export const appendInPlace = (tree: Tree): Tree => {
  const { case: kind, value } = tree.exprKind
  if (kind === 'comprehensionExpr') {
    for (const inner of [value.iterRange, value.loopCondition, value.loopStep, value.result]) if (inner !== undefined) appendInPlace(inner)
    return tree
  }
  if (kind === 'callExpr' && value.function === '_+_' && isCollecting(value.args)) value.function = '@append'
  for (const child of childrenOf(tree)) if (child !== undefined) appendInPlace(child)
  return tree
}

const isCollecting = ([target, added]: readonly Tree[]): boolean =>
  target?.exprKind.case === 'identExpr' && target.exprKind.value.name === '@result' && added?.exprKind.case === 'listExpr'
