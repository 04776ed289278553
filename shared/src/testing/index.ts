// The simulated world.

export { Campaign, type CampaignTotals, type SeedTotals } from './campaign.ts'
export { collect } from './collect.ts'
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
export {
  type Linearizability,
  linearizability,
  type Model,
  type Operation,
} from './linearizability.ts'
export {
  type Bound,
  type BoundedRead,
  brokenSessions,
  missingCauses,
  needlessRefusals,
  type Positions,
  type SessionStep,
  staleReads,
} from './read-checkers.ts'
export { type RegisterOperation, VERSIONED_REGISTER } from './versioned-register.ts'

// A store with faults. The port's contract suite is `@holdfast/shared/testing/store-contract`: it declares tests, and a simulation
// outside of a test runner could not load it.

export {
  type CrashedStore,
  type FaultyStore,
  type FaultyStoreOptions,
  NO_STORE_FAULTS,
  openFaultyStore,
  type StoreFaults,
} from './faulty-store.ts'
export { type LayeredGraph, layeredGraph } from './graphs.ts'
export {
  type DatabaseFaults,
  type Handle,
  NO_DATABASE_FAULTS,
  SharedDatabase,
  type SharedDatabaseOptions,
} from './shared-database.ts'
