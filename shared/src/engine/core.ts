/** What a turn stands on: the node's identity and rights, its documents, and where wants go. */
import type { RuleShelf } from '../conflict/rules/shelf.ts'
import type { Authorities } from '../consistency/authorities.ts'
import type { Rights } from '../document/rights.ts'
import type { Wanted } from '../workflow/want.ts'
import type { Admission } from './admission.ts'
import type { Catalogue } from './catalogue.ts'
import type { PeerCursor } from './cursors.ts'
import type { Dispatch } from './dispatch.ts'
import type { Outlet } from './outlet.ts'
import type { Rules } from './rules.ts'
import type { SafetyParts } from './safety.ts'
import type { OutcomeCount } from './standing.ts'
import type { Author, Unit } from './unit.ts'
import type { Units } from './units.ts'

export interface Core {
  readonly author: Author
  readonly authority: Authorities
  /** Name of this life's own series of proposals. */
  readonly journal: string
  readonly units: Units
  readonly catalogue: Catalogue
  readonly dispatch: Dispatch
  readonly admission: Admission
  readonly outlet: Outlet
  readonly rules: Rules
  /** All domain rules, where this node goes by any. */
  readonly domainRules: RuleShelf | undefined
  /** Domain rules about what may begin; none where this node goes by none. */
  safety(): SafetyParts | undefined
  /** How far a peer's feed of a home is durably held here; the key is ⟨peer⟩/⟨home⟩. */
  cursorOf(key: string): PeerCursor | undefined
  rightsOf(peer: string, home: string): Rights
  /** Takes note of what a unit now wants; carried out after the commit. */
  want(unit: Unit, wanted: Wanted): void
  /** What it was last noted to want; nothing of a workflow whose authority is elsewhere. */
  wantedBy(unit: Unit): Wanted | undefined
  /** How a home's workflows stand, as the store holds it. */
  countsOf(home: string): OutcomeCount
}
