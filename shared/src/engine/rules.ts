/**
 * The pure functions that turns are made with. There is one set of them; that they can be replaced serves the simulator, which
 * puts wrong ones in their place to see whether its checks notice.
 */
import { judge } from '../conflict/judge.ts'
import { judgeUpdate } from '../document/index.ts'
import { decide } from '../workflow/decide.ts'
import { evolve } from '../workflow/evolve.ts'
import { wanted } from '../workflow/wanted.ts'

export const RULES = { decide, evolve, wanted, judge, judgeUpdate } as const

export type Rules = typeof RULES
