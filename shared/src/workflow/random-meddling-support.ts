/** What people decide about a workflow while it runs, and after it has ended: anything, whether it is legal or not. */
import type { Json } from '../values/json.ts'
import { isOpenConflict } from './conflicts-settled.ts'
import { deadLetters } from './dead-letter.ts'
import type { Dice } from './random-definition-support.ts'
import type { Run } from './test-support.ts'
import type { WantedAnswer } from './want.ts'

const reason = 'the crate was the wrong one'

export const meddle = (run: Run, random: Dice): void => {
  const step = random.pick([...run.definition.numberOf.keys()])
  switch (random.between(0, 12)) {
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
    case 5:
      return void run.try({ type: 'checkpoint', name: 'here' })
    case 6:
      return void run.try({ type: 'discard', step, reason })
    case 7:
      return void run.try({ type: 'retry', reason })
    case 12:
      return void run.try({ type: 'enter-stage', stage: `g${random.between(0, 5)}` })
    case 8:
      return void run.try({ type: 'recover', strategy: 'restore', reason })
    case 9:
      return void run.try({ type: 'set-consistency', consistency: { level: random.pick(['strong', 'eventual']) } })
    default:
      isRolledBack(run, random)
  }
}

/** Whoever is asked answers, now and then more than once. */
export const answerAsked = (run: Run, random: Dice, { kind, step }: WantedAnswer): void => {
  const comment = random.pick(['', 'looked at it'])
  if (kind === 'approval') {
    const by = random.pick(['ann', 'bob', 'eve'])
    return void run.try({ type: 'approve', step, approved: random.chance(0.8), comment, roles: [] }, by)
  }
  const answer = random.pick(['continue', 'retry', 'skip', 'fail'] as const)
  const output = random.chance(0.5) ? { output: random.pick<Json>([null, 7, { x: [1] }]) } : {}
  run.try({ type: 'review', step, answer, comment, ...output })
}

/** Some of what is to be settled is, now and then by two people who want different things. */
export const settleConflicts = (run: Run, random: Dice): void => {
  for (const { id = '', options } of run.state.conflicts.filter(isOpenConflict)) {
    for (const by of ['ann', 'bob']) {
      if (random.chance(0.5)) run.try({ type: 'resolve', conflict: id, option: random.pick([...options]), comment: '', roles: [] }, by)
    }
  }
}

/** Somebody takes up again what has ended, if it can be. */
export const isReopened = (run: Run, random: Dice): boolean => {
  const given = deadLetters(run.definition, run.state).map((ref) => run.definition.steps[ref]?.id ?? '')
  if (given.length > 0 && random.chance(0.3)) run.put({ type: 'discard', step: random.pick(given), reason })
  switch (random.between(0, 4)) {
    case 0:
      return run.try({ type: 'undo', reason }).ok
    case 1:
      return isRolledBack(run, random)
    case 2:
      return run.try({ type: 'recover', strategy: 'manual', queue: 'leads', reason }).ok
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
