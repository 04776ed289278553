/** What the world's facilities run: shipped definitions, and those in flows/, which use what these don't. */
import { readdirSync, readFileSync } from 'node:fs'
import { type CompiledDefinition, parseDefinition } from '@holdfast/shared/definition'
import { shippedDefinitions } from '@holdfast/shared/system'

const SHIPPED = ['order-fulfilment', 'transfer-dispatch', 'transfer-receive']
const FLOWS = new URL('flows/', import.meta.url)

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

export const DEFINITIONS: readonly CompiledDefinition[] = [...shippedDefinitions(SHIPPED), ...textsIn(FLOWS).map(compile)]

export const definitionNamed = (name: string, version = 1): CompiledDefinition => {
  const found = DEFINITIONS.find(({ definition }) => definition.name === name && definition.version === version)
  if (found === undefined) throw new RangeError(`no definition ${name} ${version}`)
  return found
}

const BY_HASH = new Map(DEFINITIONS.map((definition) => [definition.hash, definition]))

export const definitionOf = (hash: string): CompiledDefinition | undefined => BY_HASH.get(hash)
