import { describe, expect, test } from 'vitest'
import { parseDefinition } from './parse.ts'

const task = { type: 'task', capability: 'x' }
const steps = { analyse: task, asked: { type: 'wait', on: { kind: 'signal', signal: 'go-on' } } }

const check = (lifecycle: object): readonly string[] => {
  const parsed = parseDefinition(JSON.stringify({ name: 'analysis', steps, lifecycle }), { format: 'json' })
  return parsed.ok ? [] : parsed.error.map(({ code, path, message }) => `${code} ${path}: ${message}`)
}

const is = (step: string, stands: string) => ({ step, is: stands })
const sound = {
  initial: 'created',
  states: { created: {}, analysing: {}, closed: { final: true } },
  transitions: [
    { from: 'created', to: 'analysing', on: is('analyse', 'running') },
    { from: 'analysing', to: 'closed', on: { signal: 'go-on' } },
    { from: 'analysing', to: 'created', on: 'decision' },
    { from: 'analysing', to: 'closed', on: 'decision' },
  ],
}
const also = (...more: readonly object[]) => ({ ...sound, transitions: [...sound.transitions, ...more] })

describe('DEF-8 a lifecycle is checked as a statechart', () => {
  test('DEF-8 a sound one passes; that a state is not final goes without saying', () => {
    expect(check(sound)).toEqual([])
    const [said, unsaid] = [{ final: false }, {}].map((created) => {
      const states = { ...sound.states, created }
      const parsed = parseDefinition(JSON.stringify({ name: 'analysis', steps, lifecycle: { ...sound, states } }), { format: 'json' })
      return parsed.ok && parsed.value.hash
    })
    expect(said).toBe(unsaid)
  })

  test('DEF-8 a state, step or signal that is not there, with the nearest name', () => {
    expect(check({ ...sound, initial: 'craeted' })).toEqual([
      'unknown-state lifecycle.initial: there is no state "craeted"; did you mean "created"?',
    ])
    expect(check(also({ from: 'created', to: 'close', on: 'decision' }, { from: 'nowhere-near', to: 'closed', on: 'decision' }))).toEqual([
      'unknown-state lifecycle.transitions.4.to: there is no state "close"; did you mean "closed"?',
      'unknown-state lifecycle.transitions.5.from: there is no state "nowhere-near"',
    ])
    expect(check(also({ from: 'created', to: 'closed', on: is('analyze', 'failed') }))).toEqual([
      'unknown-step lifecycle.transitions.4.on.step: there is no step "analyze"; did you mean "analyse"?',
    ])
    expect(check(also({ from: 'created', to: 'closed', on: { signal: 'go-no' } }))).toEqual([
      'unknown-signal lifecycle.transitions.4.on.signal: there is no step that waits for the signal "go-no"; did you mean "go-on"?',
    ])
  })

  test('DEF-8 a state that nothing leads to, and one that nothing leads out of', () => {
    const states = { ...sound.states, lost: {} }
    expect(check({ ...sound, states })).toEqual([
      'unreachable-state lifecycle.states.lost: nothing leads from "created" to "lost"',
      'dead-end lifecycle.states.lost: nothing leads out of "lost"; if that is meant, make it final',
    ])
    expect(check({ ...also({ from: 'lost', to: 'closed', on: 'decision' }), states })).toEqual([
      'unreachable-state lifecycle.states.lost: nothing leads from "created" to "lost"',
    ])
  })

  test('DEF-8 two transitions from one state on the same thing; decisions say where they lead', () => {
    const found = check(
      also(
        { from: 'created', to: 'closed', on: is('analyse', 'running') },
        { from: 'created', to: 'closed', on: is('analyse', 'failed') },
        { from: 'analysing', to: 'created', on: { signal: 'go-on' } },
        { from: 'analysing', to: 'closed', on: 'decision' },
      ),
    )
    expect(found).toEqual([
      'nondeterministic lifecycle.transitions.4.on: lifecycle.transitions.0 leads on from "created" on the same thing',
      'nondeterministic lifecycle.transitions.6.on: lifecycle.transitions.1 leads on from "analysing" on the same thing',
      'nondeterministic lifecycle.transitions.7.on: lifecycle.transitions.3 leads on from "analysing" on the same thing',
    ])
  })

  test('DEF-8 a way out of a final state, and one from a state to itself', () => {
    const found = check(also({ from: 'closed', to: 'created', on: 'decision' }, { from: 'created', to: 'created', on: 'decision' }))
    expect(found).toEqual([
      'bad-transition lifecycle.transitions.4: "closed" is final and is never left',
      'bad-transition lifecycle.transitions.5: leads from "created" to itself',
    ])
  })

  test('DEF-8 a state may not be called what one without a lifecycle is in, and steps stand only so', () => {
    expect(check({ initial: 'executing', states: { executing: { final: true } } })).toEqual([
      'bad-id lifecycle.states.executing: is what a workflow without a lifecycle of its own is in',
    ])
    const [found = ''] = check(also({ from: 'created', to: 'closed', on: is('analyse', 'suceeded') }))
    expect(found).toMatch(/^bad-value lifecycle\.transitions\.4\.on: expected "decision", \{signal\}, or \{step, is\} with one of ready, /)
  })

  test('DEF-8 DEF-1 all problems are told at once, those of the schema among them', () => {
    const found = check({
      initial: 'nowhere-near',
      states: { created: { titel: 'x' }, closed: { final: true } },
      transitions: [{ from: 'closed', to: 'created', on: is('nobody-knows', 'failed') }, { from: 'created' }],
    })
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'unknown-key lifecycle.states.created.titel',
      'missing-field lifecycle.transitions.1.to',
      'bad-value lifecycle.transitions.1.on',
      'unknown-state lifecycle.initial',
      'unknown-step lifecycle.transitions.0.on.step',
      'dead-end lifecycle.states.created',
      'bad-transition lifecycle.transitions.0',
    ])
  })
})
