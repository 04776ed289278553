/** A lifecycle in the builder: a state or a step that is not there does not compile, nor does a way out of a final state. */
import type { StepStands } from '../lifecycle.ts'
import type { Known, StepId } from './known.ts'

export interface Stages {
  readonly [name: string]: { readonly title?: string; readonly final?: boolean }
}

type Named<States> = keyof States & string

type Left<States> = { [Name in Named<States>]: States[Name] extends { readonly final: true } ? never : Name }[Named<States>]

type Occasion<K extends Known> = { readonly step: StepId<K>; readonly is: StepStands } | { readonly signal: string } | 'decision'

export interface LifecycleSpec<K extends Known, States> {
  readonly initial: NoInfer<Named<States>>
  readonly states: States
  readonly transitions: readonly { readonly from: NoInfer<Left<States>>; readonly to: NoInfer<Named<States>>; readonly on: Occasion<K> }[]
}
