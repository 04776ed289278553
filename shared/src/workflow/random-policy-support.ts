/** Random answers to the question what a failure leads to, and who is asked. */
import type { Dice } from './random-definition-support.ts'

export const randomReview = (random: Dice): object =>
  random.chance(0.15)
    ? { review: { queue: 'leads', on: random.pick([['failure'], ['invalid-output'], ['failure', 'invalid-output']]) } }
    : {}

export const randomApproval = (random: Dice): object => ({
  type: 'approval',
  queue: 'leads',
  needed: random.between(1, 2),
  onReject: random.pick(['fail', 'continue']),
  timeoutMs: random.between(2_000, 60_000),
})

export const randomPolicies = (random: Dice, ids: readonly string[]): object => ({
  onFailure: random.pick(['compensate', 'compensate', 'compensate-branch', 'continue', 'stop']),
  ...(random.chance(0.2) ? { compensation: { onError: 'halt' } } : {}),
  ...(random.chance(0.2) ? { retryBudget: random.between(0, 10) } : {}),
  ...(random.chance(0.3) ? { checkpoints: { every: random.pick<string | number>(['step', 3, '2s']) } } : {}),
  ...(random.chance(0.3) ? { recovery: randomRecovery(random, ids) } : {}),
})

const randomRecovery = (random: Dice, ids: readonly string[]): object => {
  const attempts = random.between(1, 3)
  switch (random.between(0, 4)) {
    case 0:
      return { strategy: 'rollback', attempts, to: random.pick(ids) }
    case 1:
      return { strategy: 'rollback', attempts, steps: random.between(1, 3) }
    case 2:
      return { strategy: 'restore', attempts }
    case 3:
      return { strategy: 'manual', attempts, queue: 'leads' }
    default:
      return { strategy: 'retry', attempts }
  }
}
