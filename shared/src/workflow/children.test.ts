import { describe, expect, test } from 'vitest'
import { workflowIdOf } from '../values/ids.ts'
import type { Json } from '../values/json.ts'
import type { Fact } from './command.ts'
import { explain } from './explain.ts'
import { statusPath } from './path.ts'
import { define, HOME, RETRIED, Run, TASK } from './test-support.ts'

const parent = (work: object = {}) =>
  define({
    steps: { pick: TASK, pack: { type: 'workflow', definition: 'packing', input: { order: 'input.order' }, ...work }, ship: TASK },
    links: [
      { from: 'pick', to: 'pack' },
      { from: 'pack', to: 'ship' },
    ],
    compensations: { sweep: TASK },
  })

type End = Pick<Extract<Fact, { type: 'child-ended' }>, 'status' | 'error'>

const end = (run: Run, ended: End, output: Json = null): void => {
  const [child] = run.wanted.children
  if (child === undefined) throw new Error('no child is wanted')
  const { ref, attempt, purpose } = child
  run.put({ type: 'child-ended', of: { ref, attempt, purpose }, output, ...ended }, 'gateway')
}

const packing = (work: object = {}): Run => {
  const run = new Run(parent(work), { order: 7 })
  run.done('pick')
  return run
}

const asks = (run: Run): readonly string[] => run.wanted.children.map(({ ask }) => ask)

describe('workflows of steps', () => {
  test('DEF-10 W63 one is started under a key of the attempt, with the input of its step, and awaited', () => {
    const run = packing({ version: 2 })
    const key = `${run.id}.1.1`
    const workflow = workflowIdOf(HOME, key)
    expect(run.wanted.children).toMatchObject([{ ask: 'run', key, workflow, definition: 'packing', version: 2, input: { order: 7 } }])
    expect(statusPath(run.state)).toBe('active.synchronizing')
    expect(explain(run.definition, run.state)).toBe(`pack waits for the workflow it started, ${workflow}, to end.`)
    end(run, { status: 'completed' }, { boxes: 2 })
    expect([run.step('pack').output, run.status('ship'), run.wanted.children]).toEqual([{ boxes: 2 }, 'ready', []])
  })

  test('DEF-10 W63 any other end is a failed attempt; the next one is another workflow', () => {
    const run = packing({ retry: { ...RETRIED, retryOn: ['child-failed'] } })
    end(run, { status: 'failed', error: { code: 'broken', message: 'no tape' } })
    expect(run.step('pack').error).toMatchObject({ code: 'child-failed', message: 'packing ended failed: no tape' })
    run.wait(1_000)
    expect(run.wanted.children.map(({ key }) => key)).toEqual([`${run.id}.1.2`])
    end(run, { status: 'refused', error: { code: 'unknown-definition', message: 'nobody knows it' } })
    expect(run.state.turnedBack?.error.code).toBe('unknown-definition')
  })

  test('DEF-10 W63 told again, or of an attempt that never was, the end changes nothing', () => {
    const run = packing()
    const of = run.name('pack')
    end(run, { status: 'completed' })
    expect(run.put({ type: 'child-ended', of, status: 'failed', output: null })).toEqual([])
    expect(run.put({ type: 'child-ended', of: { ...of, attempt: 9 }, status: 'failed', output: null })).toEqual([])
  })

  test('DEF-10 W64 cancelled with its parent, which waits for its end', () => {
    const run = packing()
    run.cancel()
    expect(run.wanted.children).toMatchObject([{ ask: 'cancel', reason: 'not needed' }])
    expect([run.status('pack'), run.state.status]).toEqual(['running', 'active'])
    end(run, { status: 'cancelled' })
    expect([run.status('pack'), run.state.status]).toEqual(['cancelled', 'cancelled'])
  })

  test('DEF-10 W64 left alone, if the definition says so', () => {
    const run = packing({ onCancel: 'leave' })
    run.cancel()
    expect([asks(run), run.status('pack'), run.state.status]).toEqual([[], 'cancelled', 'cancelled'])
  })

  test('DEF-10 RES-3 W64 one that completed is undone with its parent, also when it completed on the way back', () => {
    for (const late of [false, true]) {
      const run = packing()
      if (late) run.cancel()
      end(run, { status: 'completed' })
      if (!late) run.cancel()
      expect(run.wanted.children).toMatchObject([{ ask: 'undo', purpose: 'compensate', key: `${run.id}.1.1` }])
      expect(explain(run.definition, run.state)).toContain('to be undone')
      end(run, { status: 'cancelled' })
      expect([run.status('pack'), run.state.status]).toEqual(['compensated', 'cancelled'])
    }
  })

  test('DEF-10 W64 one that does not let itself be undone is a compensation that failed; a named compensation comes first', () => {
    const firm = packing()
    end(firm, { status: 'completed' })
    firm.cancel()
    end(firm, { status: 'refused', error: { code: 'illegal-transition', message: 'no' } })
    expect([firm.status('pack'), firm.step('pack').error?.code, firm.state.status]).toEqual(['failed', 'illegal-transition', 'cancelled'])
    const swept = packing({ compensate: 'sweep' })
    end(swept, { status: 'completed' })
    swept.cancel()
    expect([asks(swept), swept.wanted.offers.map(({ purpose }) => purpose)]).toEqual([[], ['compensate']])
    const left = packing({ onUndo: 'leave' })
    end(left, { status: 'completed' })
    left.cancel()
    expect([left.status('pack'), left.state.status]).toEqual(['succeeded', 'cancelled'])
  })

  test('DEF-10 W65 one that its step no longer waits for is cancelled until its end is known, after the end of all', () => {
    const run = packing({ timeoutMs: 500 })
    run.wait(500)
    expect([run.state.status, run.state.turnedBack?.error.code]).toEqual(['failed', 'timeout'])
    expect(run.wanted.children).toMatchObject([{ ask: 'cancel', purpose: 'forward' }])
    end(run, { status: 'cancelled' })
    expect([run.wanted.children, run.state.status]).toEqual([[], 'failed'])
  })

  test('CON-5 DEF-10 W65 if it had completed after all, a person is asked', () => {
    const run = packing({ timeoutMs: 500 })
    run.wait(500)
    end(run, { status: 'completed' }, { boxes: 1 })
    expect(run.state.conflicts).toMatchObject([{ rule: 'late-work-after-end' }])
    expect(run.wanted.children).toEqual([])
  })

  test('SM-5 EX-7 W63 held while its parent is paused', () => {
    const run = packing()
    run.put({ type: 'pause' })
    expect(asks(run)).toEqual(['hold'])
    run.put({ type: 'resume' })
    expect([asks(run), run.state.pausedBy]).toEqual([['run'], undefined])
  })
})

describe('waiting for another workflow', () => {
  const WAITING = define({
    steps: { last: { type: 'wait', on: { kind: 'workflow', facility: '"quay"', key: 'input.ship' } }, go: TASK },
    links: [{ from: 'last', to: 'go' }],
  })
  const workflow = workflowIdOf('quay', 'ever')

  test('SM-5 DEF-3 W41 a wait for a whole workflow ends with its output, whatever single steps of it do', () => {
    const run = new Run(WAITING, { ship: 'ever' })
    expect(run.wanted.waits).toMatchObject([{ home: 'quay', workflow }])
    expect(explain(run.definition, run.state)).toBe('last waits for ever at quay to end.')
    run.put({ type: 'step-settled-elsewhere', workflow, step: 'unload', succeeded: true, output: 1 })
    expect(run.status('last')).toBe('running')
    run.put({ type: 'step-settled-elsewhere', workflow, succeeded: true, output: { crates: 3 } })
    expect([run.step('last').output, run.status('go')]).toEqual([{ crates: 3 }, 'ready'])
  })

  test('SM-5 W41 and fails when that does not complete', () => {
    const run = new Run(WAITING, { ship: 'ever' })
    run.put({ type: 'step-settled-elsewhere', workflow, succeeded: false, output: null })
    expect(run.state.turnedBack?.error).toMatchObject({ code: 'dependency-failed', message: `${workflow} will not succeed` })
  })
})
