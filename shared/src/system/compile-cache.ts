/**
 * What Node compiles at the first start of a process is kept for the next ones, which take half the time. Called before anything else is
 * loaded: modules are compiled as they are loaded, not as they are run. Where it can't be kept nothing is lost but that time.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Inside the installation: what lay where everybody may write would be run, whoever had written it. */
const FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url))

export const keepCompiled = (): void => void enableCompileCache(FOLDER)
