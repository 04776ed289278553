/** What people decide about a workflow while it runs, and after it has ended: anything, whether it is legal or not. */
import type { Dice } from './random-definition-support.ts'
import type { Run } from './test-support.ts'

const reason = 'the crate was the wrong one'

export const meddle = (run: Run, random: Dice): void => {
  switch (random.between(0, 7)) {
    case 0:
      return void run.try({ type: 'cancel', reason })
    case 1:
      return void run.try({ type: 'pause' })
    case 2:
      return void run.try({ type: 'resume' })
    case 3:
      return void run.try({ type: 'set-priority', priority: random.pick(['high', 'low']) })
    case 4:
      return void (random.chance(0.3) && run.try({ type: 'terminate', reason }))
    default:
      isRolledBack(run, random)
  }
}

/** Somebody takes up again what has ended, if it can be. */
export const isReopened = (run: Run, random: Dice): boolean => {
  switch (random.between(0, 3)) {
    case 0:
      return run.try({ type: 'undo', reason }).ok
    case 1:
      return isRolledBack(run, random)
    default:
      return run.try({ type: 'retry', reason }).ok
  }
}

const isRolledBack = (run: Run, random: Dice): boolean => {
  switch (random.between(0, 2)) {
    case 0:
      return run.try({ type: 'restore', reason, position: random.between(1, run.state.length) }).ok
    case 1:
      return run.try({ type: 'rollback', reason, steps: random.between(1, 3) }).ok
    default:
      return run.try({ type: 'rollback', reason, to: random.pick([...run.definition.numberOf.keys()]) }).ok
  }
}
