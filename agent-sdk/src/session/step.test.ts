import type { Offer } from '@holdfast/shared/agent-protocol'
import { describe, expect, test } from 'vitest'
import { drawFrom, SmallWorld } from './small-world.ts'
import { DEFAULT_TIMING, type SessionConfig } from './state.ts'

const configWith = (onInterrupted: 'fail' | 'redo', capacity: number): SessionConfig => ({
  agent: 'r1',
  kind: 'robot',
  capabilities: ['move'],
  capacity,
  sdk: 'test',
  onInterrupted,
  timing: DEFAULT_TIMING,
})

const offerOf = (n: number, mayFinishOffline: boolean): Offer => ({
  type: 'offer',
  task: `w_1.${n}.1`,
  attempt: 1,
  epoch: 1,
  workflow: 'w_1',
  step: 'move',
  title: 'Move',
  capability: n % 17 === 16 ? 'fly' : 'move',
  purpose: 'forward',
  input: n,
  leaseMs: 2000 + (n % 3) * 1500,
  mayFinishOffline,
})

/** One drawn life: offers, repeats, cuts, crashes, stops and time in any order, then healing. */
const live = (seed: number, onInterrupted: 'fail' | 'redo'): SmallWorld => {
  const draw = drawFrom(seed)
  const world = new SmallWorld(draw, configWith(onInterrupted, 1 + draw(3)))
  const faults = draw(10)
  for (let move = 0; move < 300; move += 1) moveOnce(world, draw(31), move, faults)
  world.heal()
  return world
}

const moveOnce = (world: SmallWorld, drawn: number, move: number, faults: number): void => {
  if (drawn < 4) world.offer(offerOf(move, world.draw(2) === 0))
  else if (drawn < 9) world.journal()
  else if (drawn < 14) world.deliverUp()
  else if (drawn < 19) world.deliverDown()
  else if (drawn < 21) world.connect()
  else if (drawn < 23) world.finish()
  else if (drawn < 25) world.pass(world.draw(1500))
  else if (drawn === 25) world.stop()
  else if (drawn === 26) world.repeat()
  else if (drawn === 27 && faults > 0) world.cut()
  else if (drawn === 28 && faults > 5) world.crash()
  else if (drawn === 29 && faults > 3) world.forgetResult()
  else if (drawn === 30 && faults > 1) stayAway(world)
}

/** Long enough for leases to end. */
const stayAway = (world: SmallWorld): void => {
  world.cut()
  world.pass(4000)
}

describe('a session through faults', () => {
  const seeds = Array.from({ length: 250 }, (_, seed) => seed)

  test('COO-9 RES-6 each task is begun at most once, and each result arrives, always the same', () => {
    const reached = { recorded: 0, stopped: 0, declined: 0, repeated: 0, interrupted: 0, leaseEnded: 0 }
    for (const seed of seeds) {
      const world = live(seed, 'fail')
      for (const times of world.begun.values()) expect(times, `seed ${seed}`).toBe(1)
      for (const wanted of world.wanted.values()) {
        expect(['recorded', 'stopped', 'declined'], `seed ${seed} ${wanted.offer.task}`).toContain(wanted.status)
        if (wanted.status === 'recorded') reached.recorded += 1
        if (wanted.status === 'stopped') reached.stopped += 1
        if (wanted.status === 'declined') reached.declined += 1
        if (wanted.results > 1) reached.repeated += 1
        if (wanted.outcome?.ok === false && wanted.outcome.error.code === 'interrupted') reached.interrupted += 1
        if (wanted.outcome?.ok === false && wanted.outcome.error.code === 'lease-ended') reached.leaseEnded += 1
      }
      expect(world.holding, `seed ${seed}`).toEqual([])
    }
    // Every rare path was walked, or the test proves less than it says.
    for (const path of ['recorded', 'stopped', 'declined', 'repeated', 'interrupted', 'leaseEnded'] as const) {
      expect(reached[path], path).toBeGreaterThan(20)
    }
  })

  test('COO-9 with redo a task is begun again only after a crash, and its result is still one', () => {
    let redone = 0
    for (const seed of seeds) {
      const world = live(seed, 'redo')
      for (const times of world.begun.values()) {
        expect(times, `seed ${seed}`).toBeLessThanOrEqual(1 + world.crashes)
        if (times > 1) redone += 1
      }
      expect(world.holding, `seed ${seed}`).toEqual([])
    }
    expect(redone).toBeGreaterThan(20)
  })
})
