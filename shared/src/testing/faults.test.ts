import { describe, expect, test } from 'vitest'
import { drawFaultPlan, type Fault } from './fault-plan.ts'
import { type FaultTargets, scheduleFaults } from './faults.ts'
import { Kernel } from './kernel.ts'
import { drawKnobs, KNOB_RANGES, type KnobName, type Knobs } from './knobs.ts'
import { minimise } from './minimise.ts'
import { Prng } from './prng.ts'
import { CALM } from './sim-link.ts'
import { SimNetwork } from './sim-network.ts'

const topology = {
  nodes: ['cloud', 'north', 'south', 'tablet'],
  hub: 'cloud',
  pairs: [
    ['cloud', 'north'],
    ['cloud', 'south'],
    ['north', 'tablet'],
  ],
} as const
const HOUR_MS = 3_600_000

/** Every family on, every rate at its highest, except what is given. */
const harshest = (overrides: Partial<Record<KnobName, number>> = {}): Knobs => {
  const values = Object.fromEntries(Object.entries(KNOB_RANGES).map(([name, { high }]) => [name, high]))
  return { mode: 'swarm', families: new Set(), values: { ...(values as Record<KnobName, number>), powerLossShare: 0.5, ...overrides } }
}
const planOf = (seed: number, knobs: Knobs, horizonMs = HOUR_MS): readonly Fault[] =>
  drawFaultPlan(new Prng(seed), knobs, topology, horizonMs)

describe('fault plan', () => {
  test('it is in order of time, ids are unique, times and durations are whole and within reason', () => {
    for (let seed = 0; seed < 50; seed++) {
      const plan = planOf(seed, harshest())
      expect(new Set(plan.map(({ id }) => id)).size).toBe(plan.length)
      expect(plan.map(({ atMs }) => atMs)).toEqual(plan.map(({ atMs }) => atMs).sort((one, other) => one - other))
      for (const fault of plan) {
        expect(Number.isInteger(fault.atMs) && fault.atMs >= 0, fault.id).toBe(true)
        if ('durationMs' in fault) expect(Number.isInteger(fault.durationMs) && fault.durationMs >= 0, fault.id).toBe(true)
      }
    }
  })

  test('every kind and every shape of cut comes up', () => {
    const plans = Array.from({ length: 20 }, (_, seed) => planOf(seed, harshest())).flat()
    const kinds = new Set(plans.map((fault) => (fault.kind === 'cut' ? fault.shape : fault.kind)))
    const cuts = ['pair', 'one-way', 'flapping', 'isolate', 'hub', 'split', 'swizzle', 'offline']
    expect([...kinds].sort()).toEqual([...cuts, 'reset', 'half-open', 'crash', 'freeze', 'jump', 'clone', 'revoke', 'upgrade'].sort())
    expect(
      plans.some(({ id }) => id.endsWith('.recovery')),
      'a crash during recovery',
    ).toBe(true)
  })

  test('a family switched off shifts no other', () => {
    const rates = { partitionsPerSecond: 'cut', crashesPerMinute: 'crash', resetsPerMinute: 'reset', halfOpensPerMinute: 'half-open' }
    const others = { freezesPerHour: 'freeze', jumpsPerHour: 'jump', clones: 'clone', revocations: 'revoke', upgrades: 'upgrade' }
    for (const [rate, kind] of Object.entries({ ...rates, ...others })) {
      const without = planOf(1, harshest({ [rate]: 0, offlineMs: 0 }))
      const rest = planOf(1, harshest({ offlineMs: 0 })).filter((fault) => fault.kind !== kind)
      expect(without, rate).toEqual(rest)
    }
  })

  test('a calm seed has no faults', () => {
    const calm = Array.from({ length: 100 }, (_, seed) => drawKnobs(new Prng(seed))).find(({ mode }) => mode === 'calm')!
    expect(planOf(1, calm)).toEqual([])
  })

  test('cuts name ways between those who talk; a node isn’t crashed while it is down', () => {
    const plan = planOf(2, harshest())
    const known = topology.pairs.flatMap(([one, other]) => [`${one}>${other}`, `${other}>${one}`])
    const upAt = new Map<string, number>()
    for (const fault of plan) {
      if (fault.kind === 'cut') for (const [from, to] of fault.ways) expect(known).toContain(`${from}>${to}`)
      if (fault.kind !== 'crash') continue
      expect(fault.atMs).toBeGreaterThanOrEqual(upAt.get(fault.node) ?? 0)
      upAt.set(fault.node, fault.atMs + fault.durationMs)
    }
  })
})

describe('fault schedule', () => {
  const world = () => {
    const kernel = new Kernel(new Prng(1))
    const network = new SimNetwork(kernel, new Prng(1), CALM)
    const down = new Set<string>()
    const seen: string[] = []
    const note = (kind: string) => (node: string) => {
      seen.push(`${kind} ${node}`)
    }
    const targets: FaultTargets = {
      crash: (node) => down.add(node),
      restart: (node) => down.delete(node),
      freeze: note('freeze'),
      jump: note('jump'),
      clone: note('clone'),
      revoke: note('revoke'),
      upgrade: note('upgrade'),
    }
    const cutWays = () =>
      topology.pairs.flatMap(([one, other]) => [network.link(one, other), network.link(other, one)]).filter((link) => link.isCut)
    return { kernel, network, down, seen, targets, cutWays }
  }

  test('faults begin, end, and are counted by kind', async () => {
    const { kernel, network, down, seen, targets, cutWays } = world()
    const plan: Fault[] = [
      { id: 'cut-0.0', kind: 'cut', shape: 'one-way', atMs: 10, durationMs: 20, ways: [['cloud', 'north']] },
      { id: 'crash-0', kind: 'crash', node: 'south', death: 'crash', atMs: 15, durationMs: 5 },
      { id: 'jump-0', kind: 'jump', node: 'north', byMs: 1, atMs: 16 },
      { id: 'masked', kind: 'revoke', node: 'north', atMs: 16 },
    ]
    scheduleFaults(kernel, network, plan, targets, new Set(['masked']))
    await kernel.run(17)
    expect([cutWays().length, [...down], seen]).toEqual([1, ['south'], ['jump north']])
    await kernel.run(30)
    expect([cutWays().length, [...down]]).toEqual([0, []])
    expect(Object.fromEntries(kernel.history.counts)).toEqual({ 'fault one-way': 1, 'fault crash': 1, 'fault jump': 1 })
  })

  test('the end of the safety phase heals what is cut, starts what is down, and stops what is to come', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { kernel, network, down, targets, cutWays } = world()
      const schedule = scheduleFaults(kernel, network, planOf(seed, harshest()), targets)
      await kernel.run(HOUR_MS / 4)
      schedule.end()
      expect([cutWays(), [...down], kernel.pending]).toEqual([[], [], 0])
    }
  })
})

describe('minimise', () => {
  test('it finds the two faults that matter, and asks not too often', async () => {
    let runs = 0
    const faults = Array.from({ length: 64 }, (_, index) => index)
    const found = await minimise(faults, async (kept) => {
      runs++
      return kept.includes(7) && kept.includes(50)
    })
    expect(found).toEqual([7, 50])
    expect(runs).toBeLessThan(150)
  })

  test('no fault needed, all faults needed, none given', async () => {
    expect(await minimise([1, 2, 3], async () => true)).toEqual([])
    expect(await minimise([1, 2, 3], async (kept) => kept.length === 3)).toEqual([1, 2, 3])
    expect(await minimise([], async () => true)).toEqual([])
  })
})
