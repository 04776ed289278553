/** From a unit to its row: what lists and recovery need, for workflows that run and for those only proposed so far. */
import { readFields, waitingProposals } from '../document/index.ts'
import { type Proposable, parseProposable } from '../workflow/proposal.ts'
import type { Catalogue } from './catalogue.ts'
import { type Summary, summarize, summarizeProposed } from './summary.ts'
import type { Unit } from './unit.ts'

type Creation = Extract<Proposable, { type: 'create' }> & { readonly at: number }

/** The creation that waits in a document without a log. */
export const creationOf = (unit: Unit): Creation | undefined => {
  for (const one of waitingProposals(unit.replica)) {
    const content = one.malformed ? undefined : parseProposable(one.proposal.content)
    if (!one.malformed && content?.ok === true && content.value.type === 'create') return { ...content.value, at: one.proposal.at }
  }
  return undefined
}

export const summaryOf = (unit: Unit, catalogue: Catalogue): Summary | undefined => {
  // Whose it is, the store knows; what a document says of itself may be forged.
  const { id, home: facility, state, length, headHex: head } = unit
  const proposals = waitingProposals(unit.replica).length
  const titled = readFields(unit.replica).title
  if (state !== undefined) {
    const summary = summarize({ id, catalogue, state, proposals, length, head })
    return { ...summary, facility, ...(titled === undefined ? {} : { title: titled }) }
  }
  const creation = creationOf(unit)
  if (creation === undefined) return undefined
  const { home, key, title, priority, definition: hash, at } = creation
  const known = catalogue.byHash(hash)?.definition
  const definition = { name: known?.name ?? '?', version: known?.version ?? 0, hash }
  return summarizeProposed({ id, home, key, title, definition, priority, at, proposals })
}
