import type { Wanted } from '../workflow/want.ts'
import type { Core } from './core.ts'
import type { Unit } from './unit.ts'

/** What a workflow wants now; nothing where another node is its authority, or its definition is not known here. */
export const wantsOf = (core: Pick<Core, 'authority' | 'catalogue' | 'rules'>, unit: Unit): Wanted | undefined => {
  if (!core.authority.isAuthority(unit.home) || unit.state === undefined) return undefined
  const definition = core.catalogue.byHash(unit.state.definition)
  return definition && core.rules.wanted(definition, unit.id, unit.state, undefined, unit.draw)
}

/** A tick at this moment does something, or an offer may be made from then on that could not be made at `seenAt`. */
export const earliest = (wants: Wanted, seenAt: number): number | undefined => {
  let at = wants.wakeAt ?? Number.POSITIVE_INFINITY
  for (const { notBefore } of [...wants.offers, ...wants.begins])
    if (notBefore !== undefined && notBefore > seenAt) at = Math.min(at, notBefore)
  return Number.isFinite(at) ? at : undefined
}
