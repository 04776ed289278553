/**
 * The pure functions that turns are made with. There is one set of them; that they can be replaced serves the simulator, which
 * puts wrong ones in their place to see whether its checks notice.
 */
import { judge } from '../conflict/judge.ts'
import { judgeUpdate } from '../document/index.ts'
import { decide } from '../workflow/decide.ts'
import { evolve } from '../workflow/evolve.ts'
import type { Gates } from '../workflow/gates.ts'
import { wanted } from '../workflow/wanted.ts'

export const RULES = { decide, evolve, wanted, judge, judgeUpdate } as const

export type Rules = typeof RULES

/** The same, where this node limits by itself what begins: the one place at which decisions come to know of it. */
export const rulesUnder = (gates: Gates, rules: Rules): Rules => ({
  ...rules,
  decide: (definition, workflow, state, command, context) => rules.decide(definition, workflow, state, command, { ...context, gates }),
  judge: (definition, workflow, state, proposal, now) => rules.judge(definition, workflow, state, proposal, now, gates),
  wanted: (definition, workflow, state) => rules.wanted(definition, workflow, state, gates),
})
