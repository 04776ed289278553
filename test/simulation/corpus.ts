/** Seeds that once failed, kept with what they found; they are run before all others. */
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('corpus/', import.meta.url)

export interface Kept {
  readonly seed: number
  /** What it had found, in a sentence. */
  readonly found: string
}

export const keptSeeds = (): readonly Kept[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file): Kept => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')))
