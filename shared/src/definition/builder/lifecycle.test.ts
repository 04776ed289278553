import { describe, expect, test } from 'vitest'
import type { Compilation } from '../compile.ts'
import { parseDefinition } from '../parse.ts'
import { define } from './index.ts'

const begun = define({ name: 'analysis' })
  .step('analyse', { type: 'task', capability: 'analyse' })
  .step('asked', { type: 'wait', on: { kind: 'signal', signal: 'asked' } })

const states = { created: {}, analysing: { title: 'Being analysed' }, closed: { final: true } } as const

const codesOf = (builder: { build(): Compilation }): readonly string[] => {
  const built = builder.build()
  return built.ok ? [] : built.error.map(({ code }) => code)
}

describe('DEF-8 a lifecycle built in TypeScript', () => {
  test('DEF-8 is the same as the one written in JSON', () => {
    const built = begun.lifecycle({
      initial: 'created',
      states,
      transitions: [
        { from: 'created', to: 'analysing', on: { step: 'analyse', is: 'running' } },
        { from: 'analysing', to: 'closed', on: { signal: 'asked' } },
        { from: 'analysing', to: 'created', on: 'decision' },
      ],
    })
    const written = parseDefinition(JSON.stringify(built.authored), { format: 'json' })
    const compiled = built.build()
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
    expect(written.ok && written.value.hash).toBe(compiled.value.hash)
    expect(compiled.value.lifecycle?.ways.get('analysing')).toEqual([
      { to: 'closed', on: 'signal', signal: 'asked' },
      { to: 'created', on: 'decision' },
    ])
  })

  test('DEF-8 a state or a step that is not there does not compile', () => {
    const on = { step: 'analyse', is: 'running' } as const
    // @ts-expect-error no such state to begin in
    const initial = begun.lifecycle({ initial: 'craeted', states, transitions: [] })
    // @ts-expect-error no such state to leave
    const from = begun.lifecycle({ initial: 'created', states, transitions: [{ from: 'craeted', to: 'closed', on }] })
    // @ts-expect-error no such state to enter
    const to = begun.lifecycle({ initial: 'created', states, transitions: [{ from: 'created', to: 'closd', on }] })
    for (const wrong of [initial, from, to]) expect(codesOf(wrong)).toContain('unknown-state')
    const mistyped = { step: 'analyze', is: 'running' } as const
    // @ts-expect-error no such step
    const step = begun.lifecycle({ initial: 'created', states, transitions: [{ from: 'created', to: 'closed', on: mistyped }] })
    expect(codesOf(step)).toContain('unknown-step')
    const done = { step: 'analyse', is: 'done' } as const
    // @ts-expect-error no step stands so
    const stands = begun.lifecycle({ initial: 'created', states, transitions: [{ from: 'created', to: 'closed', on: done }] })
    expect(codesOf(stands)).toContain('bad-value')
    // @ts-expect-error what is final is never left
    const left = begun.lifecycle({ initial: 'created', states, transitions: [{ from: 'closed', to: 'created', on }] })
    expect(codesOf(left)).toContain('bad-transition')
  })
})
