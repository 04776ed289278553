/**
 * Looks over a JSON text before anything walks its value: what would cost too much, or mean different things to different readers, is
 * refused here. One pass over a text that JSON.parse has already accepted, so it never meets a syntax error.
 *
 * Refused: nesting deeper than 64, more than 10,000 members, strings over 65,536 code units, numbers beyond a double, lone surrogates,
 * a name twice in one object, and the names by which JavaScript reaches a prototype.
 */
import { type Refusal, refusal } from '../values/refusal.ts'

const MAX_DEPTH = 64
const MAX_MEMBERS = 10_000
const MAX_STRING_LENGTH = 65_536
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

const NUMBER = /-?\d[\d.eE+-]*/y
const MEMBER_FOLLOWS = /[ \t\r\n]*:/y

export const isForbiddenKey = (name: string): boolean => FORBIDDEN_KEYS.has(name)

export const scanJson = (text: string): Refusal | undefined => {
  const scan = new Scan(text)
  while (!scan.ended) {
    const refusal = scan.step()
    if (refusal !== undefined) return refusal
  }
  return undefined
}

class Scan {
  readonly #text: string
  #at = 0
  #members = 0
  /** One entry a level: the names seen in an object, undefined for an array. */
  readonly #levels: (Set<string> | undefined)[] = []

  constructor(text: string) {
    this.#text = text
  }

  get ended(): boolean {
    return this.#at >= this.#text.length
  }

  step(): Refusal | undefined {
    const character = this.#text.charAt(this.#at)
    if (character === '"') return this.#string()
    if (character === '-' || (character >= '0' && character <= '9')) return this.#number()
    this.#at += 1
    if (character === '{' || character === '[') return this.#open(character === '{' ? new Set() : undefined)
    if (character === '}' || character === ']') this.#levels.pop()
    return undefined
  }

  #open(names: Set<string> | undefined): Refusal | undefined {
    this.#levels.push(names)
    return this.#levels.length > MAX_DEPTH ? outOfBounds(`nested deeper than ${MAX_DEPTH}`) : undefined
  }

  #number(): Refusal | undefined {
    const token = this.#tokenHere(NUMBER)
    this.#at += token.length
    return Number.isFinite(Number(token)) ? undefined : outOfBounds('a number is too large')
  }

  #string(): Refusal | undefined {
    const content = this.#takeString()
    if (content.length > MAX_STRING_LENGTH) return outOfBounds(`a string is longer than ${MAX_STRING_LENGTH}`)
    if (!content.isWellFormed()) return outOfBounds('a string holds a lone surrogate')
    const names = this.#levels.at(-1)
    return names !== undefined && this.#tokenHere(MEMBER_FOLLOWS) !== '' ? this.#name(content, names) : undefined
  }

  #takeString(): string {
    const start = this.#at
    this.#at += 1
    while (this.#text.charAt(this.#at) !== '"') this.#at += this.#text.charAt(this.#at) === '\\' ? 2 : 1
    this.#at += 1
    return String(JSON.parse(this.#text.slice(start, this.#at)))
  }

  #name(name: string, names: Set<string>): Refusal | undefined {
    this.#members += 1
    if (this.#members > MAX_MEMBERS) return outOfBounds(`more than ${MAX_MEMBERS} members`)
    if (names.has(name)) return outOfBounds('an object holds the same name twice')
    names.add(name)
    return isForbiddenKey(name) ? refusal('fix-request', 'forbidden-key', FORBIDDEN) : undefined
  }

  #tokenHere(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#text)?.[0] ?? ''
  }
}

const FORBIDDEN = 'a member is named like a part of the JavaScript object model'

const outOfBounds = (what: string): Refusal => refusal('fix-request', 'json-bounds', what)
