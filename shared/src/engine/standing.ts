/**
 * How a workflow stands, in the two small rows that a new life begins with, so that it need not read every workflow's own row:
 *
 *   open     one row for each open workflow: whose it is, and whether it is parked
 *   counts   one row for each home: how many of its workflows are open, and how the others ended
 *
 * Parked is a workflow of which nothing is wanted but a signal, a person's answer, another workflow's progress, or a moment: it costs its row and its timer, and
 * no memory, until one of these comes. Both rows are written in the commit that moves them, so they never say what the documents don't.
 */
import { isJsonObject, type Json } from '../values/json.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { isTerminal, type WorkflowStatus } from '../workflow/status.ts'
import type { Wanted } from '../workflow/want.ts'

/** To be raised whenever `wanted` begins to want something of states that were parked before: then all are looked at again. */
export const STANDING_VERSION = 2

export const OPEN = 'open'
export const COUNTS = 'counts'

export type OpenRow = {
  readonly home: string
  /** Nobody has to be asked, called or told anything, and no proposal waits. */
  readonly parked: boolean
  /** When a parked one wants to be looked at again. */
  readonly wakeAt?: number
  /** Waits for another workflow, which the relay between workflows must know. */
  readonly waits: boolean
}

export type Outcome = 'open' | 'completed' | 'failed' | 'cancelled'
export type OutcomeCount = Readonly<Record<Outcome, number>>

export const NONE: OutcomeCount = { open: 0, completed: 0, failed: 0, cancelled: 0 }

export const outcomeOf = (status: WorkflowStatus): Outcome =>
  status === 'completed' || status === 'failed' || status === 'cancelled' ? status : 'open'

/** Whether something is still to come of it: what it asked for has to begin, or what its steps began has to end. */
export const isOpen = ({ status, followUps, children }: WorkflowState): boolean =>
  !isTerminal(status) ||
  followUps.some(({ workflow }) => workflow === undefined) ||
  children.some(({ ended, leave }) => ended === undefined && !leave)

export const dropCount = (counts: OutcomeCount, from: Outcome): OutcomeCount => ({ ...counts, [from]: counts[from] - 1 })

export const moveCount = (counts: OutcomeCount, from: Outcome | undefined, to: Outcome): OutcomeCount => {
  const moved = { ...counts }
  if (from !== undefined) moved[from] -= 1
  moved[to] += 1
  return moved
}

/** Which wants keep a workflow in memory; with nothing but the others it is parked. */
const NEEDS_MEMORY: Readonly<Record<keyof Wanted, boolean>> = {
  opening: true,
  offers: true,
  begins: true,
  holds: true,
  tasks: true,
  calls: true,
  starts: true,
  children: true,
  barriers: true,
  underWay: false,
  signals: false,
  waits: false,
  answers: false,
  wakeAt: false,
}

const isWant = (name: string): name is keyof Wanted => name in NEEDS_MEMORY
const IN_MEMORY = Object.keys(NEEDS_MEMORY)
  .filter(isWant)
  .filter((want) => NEEDS_MEMORY[want])

export const isParked = (wanted: Wanted): boolean => IN_MEMORY.every((want) => isNothing(wanted[want]))

const isNothing = (wants: Wanted[keyof Wanted]): boolean => wants === undefined || (Array.isArray(wants) && wants.length === 0)

export const parseOpenRow = (row: Json): OpenRow | undefined => {
  if (!isJsonObject(row)) return undefined
  const { home, parked, wakeAt, waits } = row
  if (typeof home !== 'string' || typeof parked !== 'boolean' || typeof waits !== 'boolean') return undefined
  return { home, parked, waits, ...(typeof wakeAt === 'number' ? { wakeAt } : {}) }
}

export const parseCounts = (row: Json | undefined): OutcomeCount => {
  const count = (outcome: Outcome): number => (isJsonObject(row) && typeof row[outcome] === 'number' ? row[outcome] : 0)
  return { open: count('open'), completed: count('completed'), failed: count('failed'), cancelled: count('cancelled') }
}
