/**
 * Type-level only: every path an expression may take through what it sees, with the type found at its end.
 *
 *   Sees      { input: {orderId: string}, steps: { 'quality-check': { output: {passed: boolean} } } }
 *   Entries   ['input', {…}] | ['input.orderId', string] | ["steps['quality-check'].output.passed", boolean] | …
 *
 * A path is itself a CEL expression, so it stands in the definition as it is written. Members deeper than `MaxDepth` are reached by `cel`.
 */

/** Three members deep below a root: enough for outputs, and bounded so that a recursive type ends. */
type MaxDepth = 3
type Shallower = [never, 0, 1, 2]

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'

/** A name with a dash, or one that begins with a digit, is no CEL identifier. */
type Member<Name extends string> = Name extends `${string}-${string}` | `${Digit}${string}` ? `['${Name}']` : `.${Name}`

type Below<Root extends string, Value, Depth extends number> = [Depth] extends [never]
  ? never
  : Value extends readonly unknown[]
    ? never
    : Value extends object
      ? { [Name in keyof Value & string]-?: MemberEntry<`${Root}${Member<Name>}`, Value, Name, Shallower[Depth]> }[keyof Value & string]
      : never

/** An optional member may be absent: its path leads to nothing sure, and is not followed further. */
type MemberEntry<Path extends string, Value, Name extends keyof Value, Depth extends number> =
  Partial<Pick<Value, Name>> extends Pick<Value, Name> ? readonly [Path, Value[Name] | undefined] : Entry<Path, Value[Name], Depth>

type Entry<Root extends string, Value, Depth extends number> = readonly [Root, Value] | Below<Root, Value, Depth>

type StepEntries<Steps> = {
  [Id in keyof Steps & string]: Steps[Id] extends { readonly output: infer Output }
    ? Entry<`steps${Member<Id>}.output`, Output, MaxDepth>
    : never
}[keyof Steps & string]

/** What an expression sees: variables by name, and under `steps` the outputs. */
export type Entries<Sees> = {
  [Name in keyof Sees & string]: Name extends 'steps' ? StepEntries<Sees[Name]> : Entry<Name, Sees[Name], MaxDepth>
}[keyof Sees & string]

/** Paths at whose end stands what is wanted. */
export type PathTo<Sees, Wanted> = PathIn<Entries<Sees>, Wanted>

type PathIn<Found, Wanted> = Found extends readonly [infer Path extends string, infer Value]
  ? [Value] extends [Wanted]
    ? Path
    : never
  : never

/** What stands at the end of a path. */
export type ValueAt<Sees, Path> = Extract<Entries<Sees>, readonly [Path, unknown]>[1]

export type ItemAt<Sees, Path> = ValueAt<Sees, Path> extends readonly (infer Item)[] ? Item : never
