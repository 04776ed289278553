/** The planted bugs, each a mistake that somebody has made in some system. */
import { decisionBugs } from './decision-bugs.ts'
import { linkBugs } from './link-bugs.ts'
import type { Plant } from './plant.ts'
import { ruleBugs } from './rule-bugs.ts'
import { storeBugs } from './store-bugs.ts'
import { workBugs } from './work-bugs.ts'

export const PLANTED: readonly Plant[] = [...storeBugs, ...linkBugs, ...ruleBugs, ...decisionBugs, ...workBugs]
