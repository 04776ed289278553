/**
 * The world of authority and policies: one home, a coordinator that grants it, a gateway and a standby, clients who decide and read at
 * demanded levels, and every fault there is among them. Gateways and coordinator are wired as production wires them.
 */
import { type CompiledDefinition, parseDefinition } from '@holdfast/shared/definition'
import type { Clock } from '@holdfast/shared/ports'
import type { Kernel, Prng, SimNetwork } from '@holdfast/shared/testing'
import { workflowIdOf } from '@holdfast/shared/values'
import type { Weather } from '../world/setup.ts'

export const HOME = 'plant'
export const HUB = 'hub'
export const FIRST = 'plant-gateway'
export const STANDBY = 'plant-standby'
export const GATEWAYS = [FIRST, STANDBY] as const

/** Beyond the drift of two clocks over the duration. */
export const HOLDOVER = { kind: 'timed', durationMs: 4_000, marginMs: 1_000 } as const
export const MAX_LAG_MS = 3_000

/** A clock for one who asks, told when what was answered had been sent. */
export interface AskersClock {
  readonly clock: Clock
  readonly answered: (sentAt: number) => void
}

/** A bug put in from outside. */
export interface AccordPlant {
  readonly name: string
  /** Its worlds are harder on what these knobs say. */
  readonly weather?: Weather
  keeperClock?(clock: Clock): AskersClock
  /** The clock of whoever grants leases. */
  officeClock?(clock: Clock): Clock
  /** The engine takes what it has sent for what the hub holds. */
  readonly releasesEarly?: boolean
  /** Nobody asks whether what is read is as firm as demanded. */
  readonly readsFromMemory?: boolean
}

export const SOUND: AccordPlant = { name: 'none' }

export const honest = (clock: Clock): AskersClock => ({ clock, answered: () => undefined })

export interface AccordFrame {
  readonly kernel: Kernel
  readonly network: SimNetwork
  readonly prng: Prng
  readonly plant: AccordPlant
}

const define = (name: string, consistency: unknown): CompiledDefinition => {
  const steps = { wait: { type: 'wait', on: { kind: 'signal', signal: 'never' }, timeoutMs: '7d' } }
  const compiled = parseDefinition(JSON.stringify({ name, consistency, steps }), { format: 'json' })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

export const STRONG = define('careful', 'strong')
export const BOUNDED = define('bounded', { level: 'bounded_staleness', maxLag: '3s', maxPending: 5 })
export const DEFINITIONS: readonly CompiledDefinition[] = [STRONG, BOUNDED]

export const keyOf = ({ definition }: CompiledDefinition): string => `the-${definition.name}`
export const workflowOf = (definition: CompiledDefinition): string => workflowIdOf(HOME, keyOf(definition))
