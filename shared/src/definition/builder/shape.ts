/**
 * What a value looks like, once for the compiler and once for the run: a shape is a JSON Schema whose TypeScript type is known.
 *
 *   object({ orderId: text(), lines: list(object({ sku: text() }), { minItems: 1 }), note: optional(text()) })
 *
 * Shapes use only the vocabulary that `compileInputSchema` checks. An object accepts nothing it doesn't name.
 */
import type { Json, JsonObject } from '../../values/json.ts'

export interface Shape<Value> {
  readonly schema: JsonObject
  /** Never set: it ties the shape to its type, in both directions. */
  readonly witness?: (value: Value) => Value
}

type ValueOf<S> = S extends Shape<infer Value> ? Value : never

interface Optional<Value> {
  readonly optional: Shape<Value>
}

type OptionalNames<M> = { [Name in keyof M]: M[Name] extends { readonly optional: unknown } ? Name : never }[keyof M]

type ObjectOf<M> = Flat<
  { readonly [Name in Exclude<keyof M, OptionalNames<M>>]: ValueOf<M[Name]> } & {
    readonly [Name in OptionalNames<M>]?: M[Name] extends { readonly optional: infer S } ? ValueOf<S> : never
  }
>

/** One object instead of an intersection, so that the compiler's messages can be read. */
type Flat<T> = { readonly [Name in keyof T]: T[Name] }

/** Any shape of a member, its type forgotten. */
type Member = { readonly schema: JsonObject } | { readonly optional: { readonly schema: JsonObject } }

interface TextBounds {
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}

interface NumberBounds {
  readonly minimum?: number
  readonly maximum?: number
}

interface ListBounds {
  readonly minItems?: number
  readonly maxItems?: number
}

export const text = (bounds: TextBounds = {}): Shape<string> => ({ schema: { type: 'string', ...bounds } })
export const integer = (bounds: NumberBounds = {}): Shape<number> => ({ schema: { type: 'integer', ...bounds } })
export const number = (bounds: NumberBounds = {}): Shape<number> => ({ schema: { type: 'number', ...bounds } })
export const flag = (): Shape<boolean> => ({ schema: { type: 'boolean' } })
export const anything = (): Shape<Json> => ({ schema: {} })
export const oneOf = <const Values extends readonly string[]>(...values: Values): Shape<Values[number]> => ({ schema: { enum: values } })

export const list = <Item>(item: Shape<Item>, bounds: ListBounds = {}): Shape<readonly Item[]> => ({
  schema: { type: 'array', items: item.schema, ...bounds },
})

/** Of an object's member: it may be absent. */
export const optional = <Value>(shape: Shape<Value>): Optional<Value> => ({ optional: shape })

export const object = <const M extends { readonly [Name in keyof M]: Member }>(members: M): Shape<ObjectOf<M>> => {
  const named = Object.entries<Member>(members)
  return {
    schema: {
      type: 'object',
      required: named.flatMap(([name, member]) => ('optional' in member ? [] : [name])),
      additionalProperties: false,
      properties: Object.fromEntries(named.map(([name, member]) => [name, ('optional' in member ? member.optional : member).schema])),
    },
  }
}
