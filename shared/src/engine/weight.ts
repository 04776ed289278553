/** How much one turn may write by itself; what came over the link was weighed where it was written. */
import { MAX_UPDATE_BYTES } from '../document/index.ts'
import type { Append } from '../ports/store.ts'
import { type Refusal, refusal } from '../values/refusal.ts'

export const writtenBy = (node: string, appends: readonly Append[]): number =>
  appends.reduce((sum, { origin, update }) => (origin === node ? sum + update.length : sum), 0)

export const tooHeavy = (bytes: number): Refusal | undefined =>
  bytes <= MAX_UPDATE_BYTES
    ? undefined
    : refusal('fix-request', 'too-large', `It would write ${bytes} bytes at once; ${MAX_UPDATE_BYTES} can be carried.`)
