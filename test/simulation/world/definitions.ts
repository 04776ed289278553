/** What the world's facilities run: the example definitions, and those in flows/, which use what the examples don't. */
import { readdirSync, readFileSync } from 'node:fs'
import { type CompiledDefinition, parseDefinition } from '@holdfast/shared/definition'

const FOLDERS = [new URL('../../../examples/definitions/', import.meta.url), new URL('flows/', import.meta.url)]

const compile = (text: string): CompiledDefinition => {
  const compiled = parseDefinition(text)
  if (!compiled.ok) throw new Error(`a definition of the simulation does not compile: ${JSON.stringify(compiled.error)}`)
  return compiled.value
}

const textsIn = (folder: URL): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))

export const DEFINITIONS: readonly CompiledDefinition[] = FOLDERS.flatMap(textsIn).map(compile)

export const definitionNamed = (name: string): CompiledDefinition => {
  const found = DEFINITIONS.find(({ definition }) => definition.name === name)
  if (found === undefined) throw new RangeError(`no definition ${name}`)
  return found
}

const BY_HASH = new Map(DEFINITIONS.map((definition) => [definition.hash, definition]))

export const definitionOf = (hash: string): CompiledDefinition | undefined => BY_HASH.get(hash)
