import { expect, test } from 'vitest'
import { explain } from './explain.ts'
import { statusPath } from './path.ts'
import { define, Run, TASK } from './test-support.ts'

const meeting = (work: object = {}) =>
  define({
    steps: { meet: { type: 'sync', barrier: '"dock-" + input.dock', parties: 3, ...work }, load: TASK },
    links: [{ from: 'meet', to: 'load' }],
  })

test('COO-7 DEF-9 W66 a step stands at a barrier, named by an expression, until all have arrived', () => {
  const run = new Run(meeting(), { dock: 'a' })
  const [barrier] = run.wanted.barriers
  expect(barrier).toMatchObject({ ref: 0, barrier: 'dock-a', parties: 3 })
  expect([statusPath(run.state), explain(run.definition, run.state)]).toEqual([
    'active.synchronizing',
    'meet waits at the barrier “dock-a” until 3 have arrived.',
  ])
  const position = barrier?.position ?? 0
  expect(run.put({ type: 'barrier-met', step: 0, position: position + 1, arrived: 3 })).toEqual([])
  run.put({ type: 'barrier-met', step: 0, position, arrived: 3 })
  expect([run.step('meet').output, run.status('load')]).toEqual([{ complete: true, arrived: 3 }, 'ready'])
})

test('COO-7 W66 when its time is up it fails, or goes on without the others', () => {
  const strict = new Run(meeting({ timeoutMs: 500 }), { dock: 'a' })
  strict.wait(500)
  expect(strict.state.turnedBack?.error.code).toBe('timeout')
  const lenient = new Run(meeting({ timeoutMs: 500, onTimeout: 'proceed' }), { dock: 'a' })
  lenient.wait(500)
  expect([lenient.step('meet').output, lenient.status('load')]).toEqual([{ complete: false }, 'ready'])
})

test('COO-7 W66 one that goes back leaves the barrier; a name that is none fails the step', () => {
  const run = new Run(meeting(), { dock: 'a' })
  run.cancel()
  expect([run.state.status, run.wanted.barriers]).toEqual(['cancelled', []])
  expect(new Run(meeting({ barrier: 'input.dock' }), { dock: 7 }).state.turnedBack?.error.code).toBe('bad-barrier')
  expect(new Run(meeting(), {}).state.turnedBack?.error.code).toBe('expression-error')
})
