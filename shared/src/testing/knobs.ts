/**
 * How hard the world is on one seed. Swarm testing (Groce et al., ISSTA 2012): each seed switches whole fault families on or off, and
 * draws the rates of those that are on, so that rare combinations are not drowned by all faults at once.
 *
 *   calm     10 % of seeds: no faults, to see what the system does by itself
 *   single    5 % of seeds: one family, for diagnosis
 *   swarm    the rest: each family by its own share
 *
 * A knob of a family that is off has its `off` value. Each knob draws from its own stream, so a new one shifts none.
 */
import type { StoreFaults } from './faulty-store.ts'
import type { Prng } from './prng.ts'
import type { LinkConditions } from './sim-link.ts'

export type Mode = 'calm' | 'single' | 'swarm'

/** Share of swarm seeds in which a family is on. */
const SHARES = {
  delay: 0.5,
  bandwidth: 0.2,
  loss: 0.5,
  duplicate: 0.5,
  reorder: 0.5,
  reset: 0.5,
  partition: 0.5,
  halfOpen: 0.3,
  crash: 0.5,
  freeze: 0.3,
  skew: 0.5,
  jump: 0.3,
  slowDisk: 0.5,
  fullDisk: 0.3,
  syncFailure: 0.3,
  offline: 0.1,
  clone: 0.01,
  revoke: 0.05,
  upgrade: 0.2,
} as const

export type Family = keyof typeof SHARES

interface Range {
  readonly family: Family
  readonly off: number
  readonly low: number
  readonly high: number
  readonly whole?: boolean
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS

const RANGES = {
  maxDelayMs: { family: 'delay', off: 5, low: 5, high: 30 * SECOND_MS, whole: true },
  bytesPerMs: { family: 'bandwidth', off: 0, low: 10, high: 1_000 },
  loss: { family: 'loss', off: 0, low: 0, high: 0.3 },
  duplicate: { family: 'duplicate', off: 0, low: 0, high: 0.2 },
  reorder: { family: 'reorder', off: 0, low: 0, high: 0.5 },
  resetsPerMessage: { family: 'reset', off: 0, low: 0, high: 0.01 },
  resetsPerMinute: { family: 'reset', off: 0, low: 0, high: 1 },
  partitionsPerSecond: { family: 'partition', off: 0, low: 0, high: 0.03 },
  maxPartitionMs: { family: 'partition', off: 0, low: SECOND_MS, high: 30 * MINUTE_MS, whole: true },
  timeoutAtHeal: { family: 'partition', off: 0, low: 0, high: 1 },
  halfOpensPerMinute: { family: 'halfOpen', off: 0, low: 0, high: 0.5 },
  crashesPerMinute: { family: 'crash', off: 0, low: 0, high: 1 },
  powerLossShare: { family: 'crash', off: 0, low: 0, high: 1 },
  freezesPerHour: { family: 'freeze', off: 0, low: 0, high: 4 },
  maxDriftPpm: { family: 'skew', off: 0, low: 0, high: 200 },
  maxOffsetMs: { family: 'skew', off: 0, low: 0, high: 10 * MINUTE_MS, whole: true },
  jumpsPerHour: { family: 'jump', off: 0, low: 0, high: 1 },
  maxSyncMs: { family: 'slowDisk', off: 0, low: 0, high: 2 * SECOND_MS, whole: true },
  fullDiskChance: { family: 'fullDisk', off: 0, low: 0, high: 0.02 },
  syncFailureChance: { family: 'syncFailure', off: 0, low: 0, high: 0.005 },
  offlineMs: { family: 'offline', off: 0, low: 0, high: 7 * DAY_MS, whole: true },
  clones: { family: 'clone', off: 0, low: 1, high: 1, whole: true },
  revocations: { family: 'revoke', off: 0, low: 1, high: 1, whole: true },
  upgrades: { family: 'upgrade', off: 0, low: 1, high: 2, whole: true },
} as const satisfies Record<string, Range>

export type KnobName = keyof typeof RANGES

export interface Knobs {
  readonly mode: Mode
  readonly families: ReadonlySet<Family>
  readonly values: Readonly<Record<KnobName, number>>
}

export const KNOB_RANGES: Readonly<Record<KnobName, Range>> = RANGES

const CALM_SHARE = 0.1
const SINGLE_SHARE = 0.05

export const drawKnobs = (prng: Prng): Knobs => {
  const knobs = prng.stream('knobs')
  const mode = drawMode(knobs.stream('mode'))
  const families = drawFamilies(knobs, mode)
  return { mode, families, values: drawValues(knobs, families) }
}

const drawMode = (prng: Prng): Mode => {
  const share = prng.fraction()
  if (share < CALM_SHARE) return 'calm'
  return share < CALM_SHARE + SINGLE_SHARE ? 'single' : 'swarm'
}

const FAMILIES = Object.keys(SHARES).filter((name): name is Family => name in SHARES)

const drawFamilies = (prng: Prng, mode: Mode): ReadonlySet<Family> => {
  switch (mode) {
    case 'calm':
      return new Set()
    case 'single':
      return new Set([prng.stream('single').pick(FAMILIES)])
    case 'swarm':
      return new Set(FAMILIES.filter((family) => prng.stream(`family ${family}`).chance(SHARES[family])))
  }
}

const drawValues = (prng: Prng, families: ReadonlySet<Family>): Readonly<Record<KnobName, number>> => {
  const draw = (name: KnobName): number => drawValue(prng.stream(`knob ${name}`), KNOB_RANGES[name], families)
  return {
    maxDelayMs: draw('maxDelayMs'),
    bytesPerMs: draw('bytesPerMs'),
    loss: draw('loss'),
    duplicate: draw('duplicate'),
    reorder: draw('reorder'),
    resetsPerMessage: draw('resetsPerMessage'),
    resetsPerMinute: draw('resetsPerMinute'),
    partitionsPerSecond: draw('partitionsPerSecond'),
    maxPartitionMs: draw('maxPartitionMs'),
    timeoutAtHeal: draw('timeoutAtHeal'),
    halfOpensPerMinute: draw('halfOpensPerMinute'),
    crashesPerMinute: draw('crashesPerMinute'),
    powerLossShare: draw('powerLossShare'),
    freezesPerHour: draw('freezesPerHour'),
    maxDriftPpm: draw('maxDriftPpm'),
    maxOffsetMs: draw('maxOffsetMs'),
    jumpsPerHour: draw('jumpsPerHour'),
    maxSyncMs: draw('maxSyncMs'),
    fullDiskChance: draw('fullDiskChance'),
    syncFailureChance: draw('syncFailureChance'),
    offlineMs: draw('offlineMs'),
    clones: draw('clones'),
    revocations: draw('revocations'),
    upgrades: draw('upgrades'),
  }
}

const drawValue = (prng: Prng, { family, off, low, high, whole }: Range, families: ReadonlySet<Family>): number => {
  if (!families.has(family)) return off
  return whole ? prng.between(low, high) : prng.range(low, high)
}

export const linkConditionsOf = ({ values }: Knobs): LinkConditions => ({
  minDelayMs: 1,
  maxDelayMs: values.maxDelayMs,
  loss: values.loss,
  duplicate: values.duplicate,
  reorder: values.reorder,
  reset: values.resetsPerMessage,
  timeoutAtHeal: values.timeoutAtHeal,
  bytesPerMs: values.bytesPerMs,
})

export const storeFaultsOf = ({ values }: Knobs): StoreFaults => ({
  minSyncMs: 0,
  maxSyncMs: values.maxSyncMs,
  diskFull: values.fullDiskChance,
  unknownOutcome: values.syncFailureChance,
})

/** A machine's clock skew within the knobs, from that machine's own stream. */
export const drawSkew = (prng: Prng, { values }: Knobs): { readonly driftPpm: number; readonly offsetMs: number } => ({
  driftPpm: prng.range(-values.maxDriftPpm, values.maxDriftPpm),
  offsetMs: prng.between(-values.maxOffsetMs, values.maxOffsetMs),
})
