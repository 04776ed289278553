/** A secret that all coordinators on one store have in common: what one of them has sealed, another opens. Whoever comes first makes it. */
import type { Store } from '@holdfast/shared/ports'
import { systemRandom } from '@holdfast/shared/system'

const ROW = { collection: 'node', key: 'shared-secret' } as const
const SECRET_BYTES = 32

export const sharedSecret = async (store: Store): Promise<Uint8Array> => {
  const known = await store.get(ROW.collection, ROW.key)
  if (typeof known === 'string') return Uint8Array.from(Buffer.from(known, 'base64url'))
  const secret = Uint8Array.from({ length: SECRET_BYTES }, () => systemRandom.u32() & 0xff)
  const puts = [{ ...ROW, value: Buffer.from(secret).toString('base64url') }]
  const made = await store.commit({ appends: [], puts, removals: [], expected: new Map(), believed: [{ ...ROW, value: known }] })
  if (made.ok) return secret
  if (made.error.code === 'row-mismatch') return sharedSecret(store)
  throw new Error(`the store does not take a secret: ${made.error.code}`)
}
