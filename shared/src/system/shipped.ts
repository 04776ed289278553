/**
 * The definitions that come with Holdfast, by name. One that starts others — as children or as follow-ups — brings them along.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Definition } from '../definition/definition.ts'
import { didYouMean } from '../definition/nearest.ts'
import { using } from './config.ts'
import { type LoadedDefinitions, loadDefinitions } from './definitions.ts'

const FOLDER = new URL('../../definitions/', import.meta.url)

/** All of them, in folders by what they are for. Throws when one does not compile: they are part of the program. */
const allShipped = (): ReadonlyMap<string, CompiledDefinition> => {
  const folders = readdirSync(FOLDER).map((folder) => loadDefinitions(fileURLToPath(new URL(folder, FOLDER))))
  const problems = folders.flatMap((folder) => folder.problems)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return new Map(folders.flatMap(({ definitions }) => definitions.map((compiled) => [compiled.definition.name, compiled])))
}

/** @throws when there is none of a name */
export const shippedDefinitions = (names: 'all' | readonly string[]): readonly CompiledDefinition[] => {
  if (names.length === 0) return []
  const all = allShipped()
  if (names === 'all') return [...all.values()]
  const wanted = new Map<string, CompiledDefinition>()
  const want = (name: string): void => {
    const found = all.get(name)
    if (found === undefined) throw new Error(`no definition "${name}" is shipped${didYouMean(name, all.keys())}`)
    if (wanted.has(name)) return
    wanted.set(name, found)
    for (const other of startedBy(found.definition)) want(other)
  }
  for (const name of names) want(name)
  return [...wanted.values()]
}

const startedBy = ({ steps, cancel }: Definition): readonly string[] => [
  ...Object.values(steps).flatMap(({ work }) => (work.type === 'workflow' ? [work.definition] : [])),
  ...(cancel.late?.start === undefined ? [] : [cancel.late.start.definition]),
]

export interface DefinitionSources {
  readonly definitionsFolder: string
  /** Names of shipped definitions. */
  readonly shipped: 'all' | readonly string[]
}

/** All that a node's configuration names. Of one version the folder's text counts, being the node's own. */
export const gatherDefinitions = async ({ definitionsFolder, shipped }: DefinitionSources): Promise<LoadedDefinitions> => {
  const own = await using('definitionsFolder', () => loadDefinitions(definitionsFolder))
  const come = await using('shipped', () => shippedDefinitions(shipped))
  return { ...own, definitions: [...come, ...own.definitions] }
}
