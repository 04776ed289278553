/**
 * What the node that decides adds to what definitions say. Handed in like the time: `decide` itself knows no node.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Decision } from './command.ts'
import { type Gates, NO_GATES } from './gates.ts'
import type { WorkflowStatus } from './status.ts'

/** A decision about to be carried out, as those are told of it who may object. */
export interface Transition {
  readonly workflow: string
  readonly home: string
  readonly definition: string
  readonly decision: Decision['type']
  readonly from: WorkflowStatus | 'absent'
  readonly by: string
}

export interface NodeContext {
  readonly gates: Gates
  /** A definition this node knows, by its content hash. */
  definitionOf(hash: string): CompiledDefinition | undefined
  /** Why this node does not want it carried out, if so. */
  veto(transition: Transition): string | undefined
}

/** A node that limits nothing, knows nothing and objects to nothing. */
export const PLAIN_NODE: NodeContext = { gates: NO_GATES, definitionOf: () => undefined, veto: () => undefined }
