/**
 * A bug put into the world from outside: a port, a machine or a rule of the core wrapped while the world is built. Production code
 * knows nothing of it. A campaign that can't see a planted bug has a blind spot.
 */

import type { step } from '@holdfast/agent-sdk/session'
import type { AgentGate } from '@holdfast/shared/agent-protocol'
import type { LinkedEngine, Rules } from '@holdfast/shared/engine'
import type { Clock, Dial, Performer, Store } from '@holdfast/shared/ports'
import type { Weather } from '../world/setup.ts'

export interface Plant {
  readonly name: string
  /** The weather in which it shows: in its worlds these knobs stand so. What is wrong with a clock shows only where one is set. */
  readonly weather?: Weather
  readonly rules?: Partial<Rules>
  /** Around a node's disk, for one life. */
  store?(store: Store, node: string): Store
  /** What a node's engine takes for its clock. */
  clock?(clock: Clock): Clock
  /** What the ends of a link see of their engine. */
  linked?(engine: LinkedEngine): LinkedEngine
  dial?(dial: Dial): Dial
  gate?(gate: AgentGate): AgentGate
  session?(production: typeof step): typeof step
  functions?(functions: ReadonlyMap<string, Performer>): ReadonlyMap<string, Performer>
}

export const NO_PLANT: Plant = { name: 'none' }
