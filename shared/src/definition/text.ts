/**
 * Reads YAML or JSON text into JSON, remembering where everything stands.
 *
 * The text may come from anybody, so it is bounded before and while it is read: length, depth, number of values (aliases counted where
 * they expand), and what JSON can't hold or a prototype would mistake for its own is refused. YAML is read by its core schema, without
 * tags; JSON text must be JSON, and is then read the same way for the sake of its positions.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, type YAMLMap } from 'yaml'
import type { Json } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { DefinitionProblem } from './definition.ts'
import { forbiddenKey, isForbidden } from './forbidden.ts'
import { pathText, problem } from './problem.ts'

export const MAX_TEXT = 2 * 1024 * 1024
export const MAX_DEPTH = 32
export const MAX_VALUES = 300_000

export type TextFormat = 'yaml' | 'json'

/** The problem with its line and column, where they are known. */
export type Locate = (found: DefinitionProblem) => DefinitionProblem

export interface ReadText {
  readonly json: Json
  readonly problems: readonly DefinitionProblem[]
  readonly locate: Locate
}

export const readText = (text: string, format: TextFormat): Result<ReadText, DefinitionProblem[]> => {
  if (text.length > MAX_TEXT) return err([problem('too-large', '', `longer than ${MAX_TEXT} characters`)])
  const malformed = format === 'json' ? whyNotJson(text) : undefined
  const lines = new LineCounter()
  // Duplicates are found below: the library compares every pair of keys.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false })
  const syntax = [...document.errors, ...document.warnings].map((found) => ({
    ...problem(found.code === 'RESOURCE_EXHAUSTION' ? 'too-deep' : 'malformed', '', found.message),
    ...placeOf(lines, found.pos[0]),
  }))
  if (syntax.length > 0) return err(syntax.slice(0, 20))
  if (malformed !== undefined) return err([problem('malformed', '', malformed)])
  const reader = new Reader(document)
  const json = reader.read(document.contents, [])
  return ok({ json, problems: reader.problems.map(reader.locator(lines)), locate: reader.locator(lines) })
}

const whyNotJson = (text: string): string | undefined => {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'is not JSON'
  }
}

const placeOf = (lines: LineCounter, offset: number): { readonly line: number; readonly column: number } => {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

type Path = readonly (string | number)[]

class Reader {
  readonly problems: DefinitionProblem[] = []
  readonly #offsets = new Map<string, number>()
  readonly #document: Document.Parsed
  #values = 0

  constructor(document: Document.Parsed) {
    this.#document = document
  }

  read(node: Node | ParsedNode | null | undefined, path: Path): Json {
    if (node?.range && !this.#offsets.has(pathText(path))) this.#offsets.set(pathText(path), node.range[0])
    this.#values++
    if (this.#values > MAX_VALUES) return this.#refuseOnce('too-large', path, `more than ${MAX_VALUES} values, aliases expanded`)
    if (path.length > MAX_DEPTH) return this.#refuseOnce('too-deep', path, `nested more than ${MAX_DEPTH} deep`)
    if (isAlias(node)) return this.#readAlias(node.source, node.resolve(this.#document), path)
    if (isMap(node)) return this.#readMap(node, path)
    if (isSeq(node)) return node.items.map((item, index) => this.read(isNode(item) ? item : null, [...path, index]))
    return isScalar(node) ? this.#readScalar(node.value, path) : null
  }

  #readAlias(name: string, target: Node | undefined, path: Path): Json {
    if (target === undefined) return this.#refuse('malformed', path, `nothing is anchored as &${name} before this`)
    return this.read(target, path)
  }

  #readMap(map: YAMLMap, path: Path): Json {
    const members = new Map<string, Json>()
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : undefined
      if (name === undefined) {
        this.#refuse('malformed', path, 'a key must be a text')
        continue
      }
      const at = [...path, name]
      if (isScalar(key) && key.range) this.#offsets.set(pathText(at), key.range[0])
      if (isForbidden(name)) this.problems.push(forbiddenKey(at, name))
      else if (members.has(name)) this.#refuse('duplicate-key', at, `the key "${name}" is given twice`)
      else members.set(name, this.read(isNode(value) ? value : null, at))
    }
    return Object.fromEntries(members)
  }

  #readScalar(value: unknown, path: Path): Json {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    return this.#refuse('bad-value', path, 'is not a value that JSON can hold')
  }

  #refuse(code: string, path: Path, message: string): null {
    this.problems.push(problem(code, pathText(path), message))
    return null
  }

  /** For bounds, which a hostile text would otherwise break a hundred thousand times. */
  #refuseOnce(code: string, path: Path, message: string): null {
    return this.problems.some((found) => found.code === code) ? null : this.#refuse(code, path, message)
  }

  /** A missing field has no place of its own; it is shown at the nearest thing around it. */
  locator(lines: LineCounter): Locate {
    return (found) => {
      for (let path = found.path; ; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
        const offset = this.#offsets.get(path)
        if (offset !== undefined) return { ...found, ...placeOf(lines, offset) }
        if (path === '') return found
      }
    }
  }
}

const isNode = (value: unknown): value is Node => isMap(value) || isSeq(value) || isScalar(value) || isAlias(value)
