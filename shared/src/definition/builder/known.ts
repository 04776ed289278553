/** What the compiler knows of a definition while it is being built, and what follows from it. Type-level only. */
import type { Json } from '../../values/json.ts'
import type { Formula } from './formula.ts'
import type { PathTo } from './path.ts'

export interface KnownStep {
  /** Names of its input, each with the type it takes. */
  readonly takes: unknown
  readonly output: unknown
}

export interface Known {
  readonly input: unknown
  readonly steps: { readonly [id: string]: KnownStep }
  /** The output that each compensation can undo. */
  readonly compensations: { readonly [name: string]: unknown }
}

export type WithStep<K extends Known, Id extends string, Takes, Output> = {
  readonly input: K['input']
  readonly steps: K['steps'] & { readonly [Name in Id]: { readonly takes: Takes; readonly output: Output } }
  readonly compensations: K['compensations']
}

export type WithCompensation<K extends Known, Id extends string, Undone> = {
  readonly input: K['input']
  readonly steps: K['steps']
  readonly compensations: K['compensations'] & { readonly [Name in Id]: Undone }
}

/** A name not given before. */
export type Fresh<Name extends string, Taken> = Name & (Name extends keyof Taken ? never : unknown)

export type StepId<K extends Known> = keyof K['steps'] & string

/** What every expression sees. */
export interface Sees<K extends Known> {
  readonly input: K['input']
  readonly key: string
  readonly steps: K['steps']
}

export interface SeesItem<K extends Known, Item> extends Sees<K> {
  readonly item: Item
  readonly index: number
}

export interface SeesOutput<K extends Known, Output> extends Sees<K> {
  readonly output: Output
}

/** What a guard sees: who decides, and where the workflow stands. */
export interface SeesDecision<K extends Known> extends Sees<K> {
  readonly by: string
  readonly status: string
  readonly stage: string | null
}

/** `item` and `index` only where an item of a map is undone; of no certain type, since many steps may share a compensation. */
export interface SeesUndone<K extends Known, Undone> extends SeesOutput<K, Undone> {
  readonly failure: { readonly step: string; readonly code: string; readonly message: string }
  readonly item: Json
  readonly index: number
}

export type Expression<Seen, Value> = PathTo<Seen, Value> | Formula<Value>

export type Mapping<Seen, Takes> = { readonly [Name in keyof Takes]?: Expression<Seen, Takes[Name]> }

/** Compensations that can undo such an output. */
export type Undoing<K extends Known, Output> = {
  [Name in keyof K['compensations']]: [Output] extends [K['compensations'][Name]] ? Name : never
}[keyof K['compensations']]

/** Members of an output that can travel along a link. */
export type SourcePort<Output> = Output extends readonly unknown[] ? never : keyof Output & string

/** Names of a step's input into which such a value may go. */
export type TargetPort<Takes, Value> = { [Name in keyof Takes]-?: [Value] extends [Takes[Name]] ? Name : never }[keyof Takes]
