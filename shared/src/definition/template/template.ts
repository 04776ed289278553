/**
 * A definition with gaps: parameters with types, bounds and defaults, filled when it is instantiated (DEF-6).
 *
 *   template + arguments ──fill──▶ authored JSON ──the compile of any definition──▶ CompiledDefinition
 *
 *   "${zones}" alone          becomes the value itself: a number, a truth value, a text
 *   "Picking in ${zone}"      becomes part of the text
 *   in an expression          becomes a CEL literal, quoted if it is a text: an argument is never read as CEL
 *   $${                       stands for ${ itself
 *
 * Durations may be given as texts like `30s` and are filled in as milliseconds.
 */
import type { JsonObject } from '../../values/json.ts'

interface Described {
  readonly title?: string
  readonly description?: string
}

interface TextParameter extends Described {
  readonly type: 'text'
  readonly default?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}

interface NumberParameter extends Described {
  readonly type: 'integer' | 'number' | 'duration'
  readonly default?: number
  readonly minimum?: number
  readonly maximum?: number
}

interface FlagParameter extends Described {
  readonly type: 'boolean'
  readonly default?: boolean
}

interface ChoiceParameter extends Described {
  readonly type: 'choice'
  readonly options: readonly string[]
  readonly default?: string
}

export type Parameter = TextParameter | NumberParameter | FlagParameter | ChoiceParameter

export interface Template {
  readonly name: string
  readonly version: number
  readonly title: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly parameters: { readonly [name: string]: Parameter }
  /** The authored form with placeholders. */
  readonly definition: JsonObject
}
