import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { Prng } from '../testing/prng.ts'
import type { LogEntry } from './event.ts'
import { evolve } from './evolve.ts'
import { explain } from './explain.ts'
import { activityPath, statusPath } from './path.ts'
import { randomWorkflow } from './random-definition-support.ts'
import { World } from './random-support.ts'
import { nextStage } from './stage.ts'
import type { WorkflowState } from './state.ts'
import { define, Run, TASK, throughCodec } from './test-support.ts'

const is = (step: string, stands: string) => ({ step, is: stands })

const lifecycle = {
  initial: 'created',
  states: {
    created: {},
    analysing: { title: 'Being analysed' },
    analysed: {},
    generating: {},
    manual_review: { title: 'Manual review' },
    closed: { final: true },
  },
  transitions: [
    { from: 'created', to: 'analysing', on: is('analyse', 'running') },
    { from: 'analysing', to: 'analysed', on: is('analyse', 'succeeded') },
    { from: 'analysing', to: 'created', on: is('analyse', 'ready') },
    { from: 'analysed', to: 'generating', on: is('generate', 'running') },
    { from: 'generating', to: 'manual_review', on: { signal: 'doubted' } },
    { from: 'generating', to: 'closed', on: is('generate', 'succeeded') },
    { from: 'manual_review', to: 'generating', on: 'decision' },
    { from: 'manual_review', to: 'closed', on: 'decision' },
  ],
}

const steps = { analyse: TASK, generate: TASK, doubt: { type: 'wait', on: { kind: 'signal', signal: 'doubted' } }, last: TASK }
const links = [
  { from: 'analyse', to: 'generate' },
  { from: 'generate', to: 'last' },
]
const DEFINITION = define({ steps, links, lifecycle })

/** Stages in the order entered, each with what was behind it. */
const entered = ({ log }: Run): readonly unknown[] =>
  log.flatMap(({ event }) => (event.type === 'stage-entered' ? [Object.values(event).slice(1)] : []))

const generating = (): Run => {
  const run = new Run(DEFINITION)
  run.done('analyse')
  run.begin('generate')
  return run
}

describe('DEF-8 stages of a definition’s own', () => {
  test('DEF-8 W70 the first is entered as it begins, and shown as part of the path', () => {
    const run = new Run(DEFINITION)
    expect(run.story.slice(0, 3)).toEqual(['created', 'started', 'stage-entered'])
    expect([run.state.stage, statusPath(run.state)]).toEqual(['created', 'active.created'])
    const waiting = new Run(DEFINITION, {}, 'k', { calls: false, starts: true })
    expect([waiting.state.stage, statusPath(waiting.state)]).toEqual([undefined, 'pending'])
    waiting.put({ type: 'start' })
    expect(waiting.state.stage).toBe('created')
  })

  test('DEF-8 W71 it moves with its steps, right behind what led on', () => {
    const run = generating()
    run.succeed('generate')
    expect(entered(run)).toEqual([['created'], ['analysing', 0], ['analysed', 0], ['generating', 1], ['closed', 1]])
    const place = run.story.lastIndexOf('stage-entered')
    expect(run.story.slice(place - 1, place + 2)).toEqual(['step-succeeded generate', 'stage-entered', 'step-ready last'])
  })

  test('DEF-8 W71 a signal moves it once; one that came early counts when its stage comes', () => {
    const run = new Run(DEFINITION)
    run.signal('doubted', 's1')
    expect(run.state.stage).toBe('created')
    run.done('analyse')
    run.begin('generate')
    expect(entered(run).slice(-2)).toEqual([
      ['generating', 1],
      ['manual_review', 's1'],
    ])
    run.put({ type: 'enter-stage', stage: 'generating' })
    expect(run.state.stage).toBe('generating')
    run.signal('doubted', 's2')
    expect(run.state.stage).toBe('manual_review')
  })

  test('DEF-8 W71 of several ways that hold the first written is taken, and a circle of what happened already ends', () => {
    const circle = {
      initial: 'a',
      states: { a: {}, b: {}, c: { final: true } },
      transitions: [
        { from: 'a', to: 'b', on: is('one', 'succeeded') },
        { from: 'b', to: 'a', on: is('two', 'succeeded') },
        { from: 'b', to: 'c', on: is('three', 'succeeded') },
      ],
    }
    const run = new Run(define({ steps: { one: TASK, two: TASK, three: TASK, four: TASK }, lifecycle: circle }))
    for (const step of ['two', 'three', 'one']) run.done(step)
    expect(entered(run)).toEqual([['a'], ['b', 0], ['a', 1]])
  })

  test('DEF-8 W71 what happens while it is paused moves it as well', () => {
    const run = generating()
    run.put({ type: 'pause' })
    run.succeed('generate')
    expect([statusPath(run.state), run.state.stage]).toEqual(['paused', 'closed'])
    run.put({ type: 'resume' })
    expect(statusPath(run.state)).toBe('active.closed')
  })

  test('DEF-8 W72 a decision leads where the lifecycle says, and nowhere else; the refusal says where', () => {
    const run = generating()
    run.signal('doubted', 's')
    const refused = run.try({ type: 'enter-stage', stage: 'analysing' })
    expect(refused.ok ? undefined : refused.error).toMatchObject({
      code: 'illegal-transition',
      message: 'A decision does not lead from manual_review to analysing. It would lead to: generating, closed.',
      details: { stage: 'manual_review', legal: ['generating', 'closed'] },
    })
    run.put({ type: 'enter-stage', stage: 'closed', reason: 'good enough' })
    expect([run.state.stage, run.put({ type: 'enter-stage', stage: 'closed' })]).toEqual(['closed', []])
    const none = run.try({ type: 'enter-stage', stage: 'generating' })
    expect(none.ok ? '' : none.error.message).toContain('No decision leads out of it.')
  })

  test('DEF-8 W72 without a lifecycle, or after the end, there is nothing to decide', () => {
    const plain = new Run(define({ steps: { one: TASK } }))
    const refused = [plain.try({ type: 'enter-stage', stage: 'x' })]
    plain.done('one')
    refused.push(plain.try({ type: 'enter-stage', stage: 'x' }))
    expect(refused.map((each) => (each.ok ? '' : each.error.code))).toEqual(['no-lifecycle', 'illegal-transition'])
  })

  test('DEF-8 SM-4 a guard sees the stage', () => {
    const guards = [{ on: 'cancel', require: 'stage != "closed"', reason: 'it is closed' }]
    const run = new Run(define({ steps, links, lifecycle, guards }))
    run.done('analyse')
    run.done('generate')
    const refused = run.try({ type: 'cancel', reason: 'x' })
    expect(refused.ok ? '' : refused.error.message).toBe('it is closed')
  })

  test('DEF-8 W73 a final stage is not left, and it ends in the stage it ended in', () => {
    const run = generating()
    run.succeed('generate')
    run.signal('doubted', 's')
    run.done('last')
    expect([run.state.stage, run.state.status, statusPath(run.state)]).toEqual(['closed', 'completed', 'completed'])
    const cancelled = new Run(DEFINITION)
    cancelled.cancel()
    expect([cancelled.state.stage, statusPath(cancelled.state)]).toEqual(['created', 'cancelled'])
  })

  test('DEF-8 W74 done again, a step leads on again, where the lifecycle says so', () => {
    const run = new Run(DEFINITION)
    run.begin('analyse')
    run.put({ type: 'rollback', to: 'analyse', reason: 'the wrong data' })
    run.report({ type: 'attempt-stopped', ...run.name('analyse') })
    expect([run.status('analyse'), run.state.stage]).toEqual(['ready', 'created'])
    run.begin('analyse')
    expect(run.state.stage).toBe('analysing')
  })

  test('DEF-8 the sentence begins with the stage, and what the steps do is told beside it', () => {
    const run = new Run(DEFINITION)
    run.begin('analyse')
    expect(explain(DEFINITION, run.state)).toBe('Being analysed: r1 is working on analyse. And 1 more.')
    expect(activityPath(run.state)).toBe('active.executing.step_execution')
  })

  test('DEF-8 W96 another version must have the stage it is in; without one so far it enters the first', () => {
    const renamed = { ...lifecycle, initial: 'begun', states: { ...lifecycle.states, begun: {}, created: undefined } }
    const transitions = lifecycle.transitions.map((each) =>
      Object.fromEntries(Object.entries(each).map(([name, value]) => [name, value === 'created' ? 'begun' : value])),
    )
    const next = define({ version: 2, steps, links, lifecycle: { ...renamed, transitions } })
    const run = new Run(DEFINITION)
    run.node = { definitionOf: () => next }
    const refused = run.try({ type: 'migrate', definition: next.hash })
    expect(refused.ok ? '' : refused.error.message).toContain('it is in the stage created, which the other definition does not have')
    run.done('analyse')
    run.put({ type: 'migrate', definition: next.hash })
    run.follow(next)
    expect(run.state.stage).toBe('analysed')

    const plain = new Run(define({ steps, links }))
    plain.node = { definitionOf: () => DEFINITION }
    plain.done('analyse')
    plain.put({ type: 'migrate', definition: DEFINITION.hash })
    plain.follow(DEFINITION)
    expect(plain.state.stage).toBe('created')
  })

  test('DEF-8 W5 entered before it began or after it ended, a stage is none', () => {
    const at = (status: WorkflowState['status']) => {
      const { state } = new Run(DEFINITION)
      return evolve({ ...state, status }, { at: 1, by: 'x', event: { type: 'stage-entered', stage: 'closed' } })?.stage
    }
    expect([at('pending'), at('failed'), at('paused')]).toEqual(['created', 'created', 'closed'])
  })
})

describe('DEF-8 any lifecycle, any world', () => {
  test('DEF-8 W70 W71 W73 it is always in a declared stage, comes there by a way that holds, and stays where that is final', () => {
    let moved = 0
    fc.assert(
      fc.property(
        randomWorkflow(12, (seed) => new Prng(seed)),
        (random) => {
          fc.pre(random.definition.lifecycle !== undefined)
          const world = new World(random, { interference: 0.2, maxMoves: 3_000 })
          world.live()
          world.aftermath()
          world.run.checkReplay()
          moved += checkStages(random.definition, throughCodec(world.run.log))
        },
      ),
      { numRuns: 100 },
    )
    expect(moved).toBeGreaterThan(20)
  })
})

/** @returns how often it moved on from a stage */
const checkStages = ({ lifecycle }: CompiledDefinition, log: readonly LogEntry[]): number => {
  if (lifecycle === undefined) throw new Error('it has a lifecycle')
  let state: WorkflowState | undefined
  let moved = 0
  for (const [place, entry] of log.entries()) {
    const { event } = entry
    const before = state
    state = evolve(state, entry)
    if (state === undefined) throw new Error('a log begins with its creation')
    if (event.type === 'stage-entered') {
      const ways = before?.stage === undefined ? [lifecycle.initial] : (lifecycle.ways.get(before.stage) ?? []).map(({ to }) => to)
      expect(ways).toContain(event.stage)
      if (before?.stage !== undefined) moved += 1
    } else expect(state.stage).toBe(before?.stage)
    if (log[place + 1]?.event.type !== 'stage-entered') {
      expect(nextStage(lifecycle, state)).toBeUndefined()
      if (state.status === 'active') expect(lifecycle.stages.has(state.stage ?? '')).toBe(true)
    }
    if (before?.stage !== undefined && lifecycle.stages.get(before.stage)?.final === true) expect(state.stage).toBe(before.stage)
  }
  return moved
}
