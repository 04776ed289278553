/**
 * How big and how hard one seed's world is, drawn before it begins: the shared fault knobs, and what is particular to this world.
 * Everything a failing seed needs to be seen again is here, as plain data.
 */
import type { EngineConfig, RetentionPolicy } from '@holdfast/shared/engine'
import { drawFaultPlan, drawKnobs, type Fault, type Knobs, type Prng, type Topology } from '@holdfast/shared/testing'

export const CLOUD = 'cloud'
export const HOMES = ['harbour', 'hillside'] as const

export const gatewayOf = (home: string): string => `${home}-gateway`

export interface Particulars {
  /** How long faults last, virtual time. */
  readonly safetyMs: number
  readonly workflows: number
  readonly actions: number
  readonly agentsPerHome: number
  readonly workMs: number
  readonly failure: number
  readonly silence: number
  readonly redo: number
  readonly repeat: number
  readonly heartbeatMs: number
  readonly limits: NonNullable<EngineConfig['limits']>
  /** When gateways put away what has ended. */
  readonly retention: RetentionPolicy
}

export interface Setup {
  readonly seed: number
  readonly knobs: Knobs
  readonly particulars: Particulars
  readonly topology: Topology
  readonly plan: readonly Fault[]
}

const SECOND_MS = 1_000
const CONDENSED = 3
const JUMPS = 40

/** Not simulated here: identities that are copied or revoked, and other versions of the program. */
const BEYOND: ReadonlySet<Fault['kind']> = new Set(['clone', 'revoke', 'upgrade'])

/** Knobs that stand as they are told, whatever the seed would draw. */
export type Weather = Partial<Knobs['values']>

export const drawSetup = (seed: number, prng: Prng, weather: Weather = {}): Setup => {
  const drawn = condensed(drawKnobs(prng))
  const knobs = { ...drawn, values: { ...drawn.values, ...weather } }
  const particulars = drawParticulars(prng.stream('particulars'))
  const topology = topologyOf(particulars)
  const plan = drawFaultPlan(prng, knobs, topology, particulars.safetyMs).filter(({ kind }) => !BEYOND.has(kind))
  return { seed, knobs, particulars, topology, plan }
}

/** The shared rates are meant for hours; a world of minutes meets as much in less time. */
export const condensed = (knobs: Knobs): Knobs => {
  const { values } = knobs
  const condense = (rate: number): number => CONDENSED * rate
  return {
    ...knobs,
    values: {
      ...values,
      crashesPerMinute: condense(values.crashesPerMinute),
      resetsPerMinute: condense(values.resetsPerMinute),
      halfOpensPerMinute: condense(values.halfOpensPerMinute),
      freezesPerHour: condense(values.freezesPerHour),
      // One an hour would hardly ever be met.
      jumpsPerHour: JUMPS * values.jumpsPerHour,
      partitionsPerSecond: condense(values.partitionsPerSecond),
    },
  }
}

const drawParticulars = (prng: Prng): Particulars => ({
  safetyMs: prng.between(40, 100) * SECOND_MS,
  workflows: prng.between(20, 24),
  actions: prng.between(8, 32),
  agentsPerHome: prng.between(3, 5),
  workMs: prng.pick([200, 1 * SECOND_MS, 4 * SECOND_MS]),
  failure: prng.range(0, 0.15),
  silence: prng.range(0, 0.05),
  redo: prng.pick([0, 0.5]),
  repeat: prng.pick([0, 0, 0.2]),
  heartbeatMs: prng.pick([5 * SECOND_MS, 10 * SECOND_MS]),
  limits: drawLimits(prng.stream('limits')),
  retention: drawRetention(prng.stream('retention')),
})

const drawRetention = (prng: Prng): RetentionPolicy => ({
  archiveAfterMs: prng.pick([1, 10, 1_000]) * SECOND_MS,
  ...(prng.chance(0.3) ? { eraseAfterMs: 20 * SECOND_MS } : {}),
  sweepMs: 5 * SECOND_MS,
})

/** Docks and ovens there are few of in every world; whether work is limited beside that, each seed draws. */
const drawLimits = (prng: Prng): Particulars['limits'] => ({
  concurrency: { byType: prng.pick([{}, { function: 2 }, { task: 4 }]), ...(prng.chance(0.3) ? { total: prng.between(4, 8) } : {}) },
  workflows: prng.chance(0.4) ? { atOnce: prng.between(8, 10) } : {},
  resources: { dock: prng.between(1, 2), oven: 1 },
  quotas: [],
  rates: prng.pick([{}, {}, { 'task:pick': { perSecond: 2, burst: 2 } }]),
  tenants: {},
  patienceMs: 5 * SECOND_MS,
  starvingMs: 30 * SECOND_MS,
})

const topologyOf = ({ agentsPerHome }: Particulars): Topology => {
  const pairs: [string, string][] = []
  for (const home of HOMES) {
    pairs.push([gatewayOf(home), CLOUD])
    for (let n = 0; n < agentsPerHome; n += 1) pairs.push([agentName(home, n), gatewayOf(home)])
  }
  return { nodes: [CLOUD, ...pairs.map(([node]) => node)], hub: CLOUD, pairs }
}

export const agentName = (home: string, n: number): string => `${home}-agent-${n}`

/** The knobs as they go into a failure's report. */
export const knobsJson = ({ knobs, particulars }: Setup): string =>
  JSON.stringify({ mode: knobs.mode, families: [...knobs.families].sort(), ...knobs.values, ...particulars })
