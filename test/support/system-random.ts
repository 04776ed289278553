/** This machine's randomness, behind the engine's port. */
import { randomInt } from 'node:crypto'
import type { Random } from '@holdfast/shared/ports'

export const systemRandom: Random = { u32: () => randomInt(2 ** 32) }
