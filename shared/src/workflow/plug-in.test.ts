import { expect, test } from 'vitest'
import { define, RETRIED, Run, TASK } from './test-support.ts'

const BEEP = define({
  steps: { beep: { type: 'beep', with: { tone: 3 }, input: { n: 'input.n' }, retry: RETRIED, compensate: 'hush' }, pack: TASK },
  links: [{ from: 'beep', to: 'pack' }],
  compensations: { hush: { type: 'beep', with: { tone: 0 }, retry: 'none' } },
})

test('DEF-9 W62 a plug-in is called with its parameters and the input of its step, and again after a failure', () => {
  const run = new Run(BEEP, { n: 7 })
  expect(run.wanted.calls).toMatchObject([{ function: 'beep', parameters: { tone: 3 }, input: { n: 7 }, attempt: 1 }])
  run.fail('beep', 'network')
  run.wait(1_000)
  expect(run.wanted.calls).toMatchObject([{ attempt: 2, parameters: { tone: 3 } }])
  run.succeed('beep', 'heard')
  expect([run.step('beep').output, run.status('pack')]).toEqual(['heard', 'ready'])
})

test('DEF-9 W62 what anybody else says of it changes nothing', () => {
  const run = new Run(BEEP, { n: 7 })
  const name = run.name('beep')
  expect(run.put({ type: 'attempt-succeeded', output: null, ...name }, 'robot')).toEqual([])
  expect(run.put({ type: 'attempt-succeeded', output: null, function: 'other', ...name }, 'other')).toEqual([])
  expect(run.status('beep')).toBe('running')
})

test('RES-3 W62 it undoes like any other', () => {
  const run = new Run(BEEP, { n: 7 })
  run.succeed('beep')
  run.cancel()
  expect(run.wanted.calls).toMatchObject([{ function: 'beep', parameters: { tone: 0 }, purpose: 'compensate' }])
  run.succeed('beep')
  expect([run.status('beep'), run.state.status]).toEqual(['compensated', 'cancelled'])
})
