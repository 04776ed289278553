/**
 * Bearer tokens. Only their hashes are kept, so a stolen configuration opens nothing; looking a hash up takes the same time whatever
 * was presented.
 */
import { sha256Hex } from '../values/hash.ts'

/** A token's hash as configurations carry it: `sha256:` and 64 hex digits. */
export const tokenHash = (token: string): string => `sha256:${sha256Hex(token)}`

export const TOKEN_HASH = /^sha256:[0-9a-f]{64}$/

export const tokenLookup = <Holder extends { readonly tokenHash: string }>(
  holders: readonly Holder[],
): ((token: string) => Holder | undefined) => {
  const byHash = new Map(holders.map((holder) => [holder.tokenHash, holder]))
  return (token) => byHash.get(tokenHash(token))
}
