/**
 * The ids that travel. All are plain strings of `[a-z0-9_-]{1,64}`, so they are safe in paths, file names and labels.
 *
 *   home      a facility (`harbour-a`), a tablet, or `cloud`
 *   document  `w_` + 32 hex digits for a workflow, `h_` + home for a home document, `c_` + home for a home's catalogue, `p_` + 32 hex
 *             digits for a plan
 *   task      ⟨document⟩.⟨step reference⟩.⟨attempt⟩, or ⟨…⟩.c⟨attempt⟩ for a compensation
 */
import { sha256Hex } from './hash.ts'
import { canonicalJson } from './json.ts'

const ID = /^[a-z0-9_-]{1,64}$/

export const isId = (text: string): boolean => ID.test(text)

/** A workflow's id is a hash of its home and idempotency key: creating twice is creating once. */
export const workflowIdOf = (home: string, key: string): string => `w_${sha256Hex(canonicalJson([home, key])).slice(0, 32)}`

export const homeDocumentOf = (home: string): string => `h_${home}`

export const isWorkflowId = (text: string): boolean => /^w_[0-9a-f]{32}$/.test(text)

export const catalogueIdOf = (home: string): string => `c_${home}`

/** As a workflow's: a hash of its home and key. */
export const planIdOf = (home: string, key: string): string => `p_${sha256Hex(canonicalJson([home, key])).slice(0, 32)}`

export const isPlanId = (text: string): boolean => /^p_[0-9a-f]{32}$/.test(text)
