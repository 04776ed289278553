import { describe, expect, test } from 'vitest'
import { parseDefinition } from './parse.ts'

const WORK = { type: 'function', function: 'f' }

const read = (definition: object) => parseDefinition(JSON.stringify({ name: 'd', ...definition }), { format: 'json' })

const stepOf = (step: object) => {
  const parsed = read({ steps: { a: { ...WORK, ...step } } })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value.definition.steps.a
}

const problemsOf = (definition: object): readonly string[] => {
  const parsed = read(definition)
  return parsed.ok ? [] : parsed.error.map(({ code, path }) => `${code} ${path}`)
}

describe('limits in a definition', () => {
  test('DEF-3 LIM-3 RES-4 what is left out is filled in', () => {
    expect(
      stepOf({ needs: [{ resource: 'dock' }], rate: { perSecond: 5 }, breaker: {}, sla: { atRiskMs: '1m', breachMs: '2m' } }),
    ).toMatchObject({
      needs: [{ resource: 'dock', amount: 1 }],
      rate: { perSecond: 5, burst: 1 },
      breaker: { threshold: { failures: 5 }, openMs: 30_000, successes: 2, per: 'step' },
      sla: { atRiskMs: 60_000, breachMs: 120_000 },
    })
    expect(stepOf({ breaker: { threshold: { share: 0.5 } } })?.breaker?.threshold).toEqual({ share: 0.5, of: 10, windowMs: 60_000 })
  })

  test('DEF-1 the read form reads as itself', () => {
    const limited = { needs: [{ resource: 'dock' }], rate: { perSecond: 0.5 }, breaker: { per: 'work' } }
    const once = read({ limits: { concurrency: 3 }, sla: { breachMs: '1h' }, steps: { a: { ...WORK, ...limited } } })
    if (!once.ok) throw new Error('it should read')
    const again = parseDefinition(JSON.stringify(once.value.definition), { format: 'json' })
    expect(again.ok && again.value.hash).toBe(once.value.hash)
  })

  test.each<[string, object, string]>([
    ['a resource named twice', { needs: [{ resource: 'dock' }, { resource: 'dock', amount: 2 }] }, 'bad-value steps.a.needs'],
    ['nothing needed', { needs: [{ resource: 'dock', amount: 0 }] }, 'bad-value steps.a.needs.0.amount'],
    ['a rate too fine to be counted exactly', { rate: { perSecond: 0.3333 } }, 'bad-value steps.a.rate.perSecond'],
    ['two thresholds', { breaker: { threshold: { failures: 1, share: 1 } } }, 'bad-value steps.a.breaker.threshold'],
    ['a warning after the breach', { sla: { atRiskMs: 10, breachMs: 10 } }, 'bad-value steps.a.sla'],
  ])('DEF-1 %s is found', (_, step, problem) => {
    expect(problemsOf({ steps: { a: { ...WORK, ...step } } })).toEqual([problem])
  })

  test('DEF-1 a wait holds nothing, and what undoes has no breaker', () => {
    const wait = { type: 'wait', on: { kind: 'time', delayMs: 1 }, needs: [{ resource: 'dock' }] }
    expect(problemsOf({ steps: { a: wait } })).toEqual(['unknown-key steps.a.needs'])
    const undone = { steps: { a: { ...WORK, compensate: 'u' } }, compensations: { u: { ...WORK, breaker: {} } } }
    expect(problemsOf(undone)).toEqual(['unknown-key compensations.u.breaker'])
  })
})
