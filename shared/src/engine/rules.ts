/**
 * The pure functions that turns are made with. There is one set of them; that they can be replaced serves the simulator, which
 * puts wrong ones in their place to see whether its checks notice.
 */
import { judge } from '../conflict/judge.ts'
import type { RuleShelf } from '../conflict/rules/shelf.ts'
import { judgeUpdate } from '../document/index.ts'
import { decide } from '../workflow/decide.ts'
import { evolve } from '../workflow/evolve.ts'
import type { NodeContext } from '../workflow/node-context.ts'
import { wanted } from '../workflow/wanted.ts'

export const RULES = { decide, evolve, wanted, judge, judgeUpdate } as const

export type Rules = typeof RULES

/** The same on this node: the one place at which decisions come to know what it limits, knows and objects to. */
export const rulesOn = (node: NodeContext, rules: Rules, domain?: RuleShelf): Rules => ({
  ...rules,
  decide: (definition, workflow, state, command, context) => rules.decide(definition, workflow, state, command, { ...context, node }),
  judge: (definition, workflow, state, proposal, now) => rules.judge(definition, workflow, state, proposal, now, node, domain),
  wanted: (definition, workflow, state, _, draw) => rules.wanted(definition, workflow, state, node.gates, draw),
})
