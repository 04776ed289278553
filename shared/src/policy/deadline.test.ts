import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Deadline, deadlineFrom, deadlineNews, deadlineWakesAt } from './deadline.ts'

const policies = fc.record(
  { atRiskMs: fc.integer({ min: 1, max: 1_000 }), breachMs: fc.integer({ min: 1, max: 2_000 }) },
  { requiredKeys: ['breachMs'] },
)

test('LIM-5 at risk and breached are said once, in that order, at their moments and not before', () => {
  fc.assert(
    fc.property(policies, fc.nat(5_000), (policy, start) => {
      let deadline: Deadline = deadlineFrom(policy, start)
      const heard: [string, number][] = []
      for (let at = deadlineWakesAt(deadline); at !== undefined; at = deadlineWakesAt(deadline)) {
        expect(deadlineNews(deadline, at - 1)).toBeUndefined()
        const said = deadlineNews(deadline, at)
        if (said === undefined) throw new Error('woken for nothing')
        heard.push([said, at - start])
        deadline = { ...deadline, said }
      }
      const { atRiskMs, breachMs } = policy
      const warned = atRiskMs !== undefined && atRiskMs < breachMs
      expect(heard).toEqual([...(warned ? [['at-risk', atRiskMs]] : []), ['breached', breachMs]])
    }),
  )
})

test('LIM-5 whoever looks only after the breach says that alone', () => {
  const deadline = deadlineFrom({ atRiskMs: 10, breachMs: 20 }, 0)
  expect(deadlineNews(deadline, 99)).toBe('breached')
  expect(deadlineNews({ ...deadline, said: 'breached' }, 999)).toBeUndefined()
})
