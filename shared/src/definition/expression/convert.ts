/**
 * JSON in, JSON out.
 *
 *   in    an integral number is an int, another a double; objects become maps whose members are converted when touched, so an
 *         expression over `steps` costs what it looks at and not what the workflow holds
 *   out   what JSON can't hold exactly is an error: integers beyond 2⁵³, NaN, bytes, types, moments, maps with other keys than strings
 */
import { type CelInput, type CelValue, isCelList, isCelMap, isCelUint } from '@bufbuild/cel'
import { isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import { MissingValue } from '../../values/reference.ts'
import { charge } from './budget.ts'

/** A list that charges for being read through. */
export class ChargedList extends Array<CelInput> {
  override *values(): ArrayIterator<CelInput> {
    for (let index = 0; index < this.length; index++) {
      charge(1)
      const element = this[index]
      if (element !== undefined) yield element
    }
  }
}

/** A JSON object seen as a CEL map. */
class JsonMap extends Map<string, CelInput> {
  readonly #object: JsonObject

  constructor(object: JsonObject) {
    super()
    this.#object = object
  }

  override get size(): number {
    return this.#names().length
  }

  override get(name: string): CelInput | undefined {
    const member = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined
    return member === undefined ? undefined : toCel(member)
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined
  }

  override keys(): MapIterator<string> {
    const names = this.#names()
    charge(1 + names.length)
    return names.values()
  }

  override *entries(): MapIterator<[string, CelInput]> {
    for (const name of this.keys()) {
      const member = this.get(name)
      if (member !== undefined) yield [name, member]
    }
  }

  override *values(): MapIterator<CelInput> {
    for (const [, member] of this.entries()) yield member
  }

  override [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries()
  }

  override forEach(callback: (value: CelInput, key: string, map: Map<string, CelInput>) => void): void {
    for (const [name, member] of this.entries()) callback(member, name, this)
  }

  #names(): string[] {
    return Object.keys(this.#object).filter((name) => this.#object[name] !== undefined)
  }
}

export const toCel = (value: Json): CelInput => {
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
  if (value === null || typeof value !== 'object') return value
  if (value instanceof MissingValue) throw new Error(`the value ${value.$value} is not here`)
  if (isJsonObject(value)) return new JsonMap(value)
  charge(value.length)
  return ChargedList.from(value, toCel)
}

/** @throws Error naming what JSON can't hold, OutOfBudget on a result that is too large */
export const fromCel = (value: CelValue): Json => {
  charge(1)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return finite(value)
  if (typeof value === 'bigint') return exact(value)
  if (isCelUint(value)) return exact(value.value)
  if (isCelList(value)) return Array.from(value, fromCel)
  if (isCelMap(value)) return Object.fromEntries(Array.from(value, ([name, member]) => [textKey(name), fromCel(member)]))
  throw new Error('the result is not JSON: convert it, for example with string(…)')
}

const finite = (value: number): number => {
  if (!Number.isFinite(value)) throw new Error(`${value} is not a JSON number`)
  return value
}

const exact = (value: bigint): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new Error(`${value} is beyond the integers JSON holds exactly`)
  return number
}

const textKey = (key: CelValue): string => {
  if (typeof key !== 'string') throw new Error('the keys of a JSON object are texts')
  if (key === '__proto__') throw new Error('the key __proto__ is not allowed')
  return key
}
