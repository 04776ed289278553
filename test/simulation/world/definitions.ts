/** What the world's facilities run: the example definitions, and a chain of five functions, one of each safety class among them. */
import { readdirSync, readFileSync } from 'node:fs'
import { type CompiledDefinition, parseDefinition } from '@holdfast/shared/definition'

const EXAMPLES = new URL('../../../examples/definitions/', import.meta.url)

const CHAIN = `
name: function-chain
version: 1
title: Function chain
steps:
  weigh: { type: function, function: weigh, timeoutMs: 20s, retry: &often { maxAttempts: 6, initialDelayMs: 100ms, maxDelayMs: 2s } }
  price: { type: function, function: price, timeoutMs: 20s, retry: *often }
  charge: { type: function, function: charge, timeoutMs: 60s, retry: { maxAttempts: 1, initialDelayMs: 100ms, maxDelayMs: 1s } }
  invoice: { type: function, function: invoice, timeoutMs: 20s, retry: *often }
  file: { type: function, function: file, timeoutMs: 20s, retry: *often }
links:
  - { from: weigh, to: price }
  - { from: price, to: charge }
  - { from: charge, to: invoice }
  - { from: invoice, to: file }
`

const compile = (text: string): CompiledDefinition => {
  const compiled = parseDefinition(text)
  if (!compiled.ok) throw new Error(`a definition of the simulation does not compile: ${JSON.stringify(compiled.error)}`)
  return compiled.value
}

const texts = (): readonly string[] => {
  const files = readdirSync(EXAMPLES).filter((file) => file.endsWith('.yaml'))
  return [...files.sort().map((file) => readFileSync(new URL(file, EXAMPLES), 'utf8')), CHAIN]
}

export const DEFINITIONS: readonly CompiledDefinition[] = texts().map(compile)

export const definitionNamed = (name: string): CompiledDefinition => {
  const found = DEFINITIONS.find(({ definition }) => definition.name === name)
  if (found === undefined) throw new RangeError(`no definition ${name}`)
  return found
}

const BY_HASH = new Map(DEFINITIONS.map((definition) => [definition.hash, definition]))

export const definitionOf = (hash: string): CompiledDefinition | undefined => BY_HASH.get(hash)
