// The simulated world.

export { Campaign, type SeedTotals } from './campaign.ts'
export { History } from './history.ts'
export { Kernel } from './kernel.ts'
export { Prng } from './prng.ts'
export { SimClock } from './sim-clock.ts'
export type { DialHandlers } from './sim-connection.ts'
export { type Receive, SimDatagrams } from './sim-datagrams.ts'
export { ABNORMAL } from './sim-lane.ts'
export { CALM, type LinkConditions, type SimLink } from './sim-link.ts'
export { type Accept, SimNetwork, type Way } from './sim-network.ts'
export { type Death, type Freeze, SimProcess } from './sim-process.ts'

// Its faults.

export type { CutShape, Topology } from './cut-shapes.ts'
export { drawFaultPlan, type Fault } from './fault-plan.ts'
export { type FaultSchedule, type FaultTargets, scheduleFaults } from './faults.ts'
export { drawKnobs, drawSkew, type Family, type KnobName, type Knobs, linkConditionsOf, type Mode, storeFaultsOf } from './knobs.ts'
export { minimise } from './minimise.ts'

// What must hold.

export {
  brokenPrefixes,
  diverged,
  doubleEffects,
  type HeldEntry,
  lostAcknowledged,
  type ReplicaState,
  type TaskCounts,
  unconserved,
} from './checkers.ts'
export { assertInvariant, assertNone, InvariantBroken, type Violation } from './invariant.ts'

// The store port's contract suite and the store with faults: store-contract.ts, faulty-store.ts.
