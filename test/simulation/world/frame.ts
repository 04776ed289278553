/** What every part of one seed's world stands on. */
import type { Kernel, Prng, SimNetwork } from '@holdfast/shared/testing'
import type { Plant } from '../planted/plant.ts'
import type { Ledger } from './ledger.ts'
import type { Setup } from './setup.ts'

export interface Frame {
  readonly kernel: Kernel
  readonly network: SimNetwork
  readonly prng: Prng
  readonly setup: Setup
  readonly ledger: Ledger
  readonly plant: Plant
  /** Faults of the world's own making have ended: people answer, machines behave. */
  readonly isCalm: () => boolean
}
