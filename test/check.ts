/** What must be clean before a change lands, besides the tests: types, lint and format, dead code. All are run, then all are told. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const ROOT = new URL('..', import.meta.url).pathname

interface Check {
  readonly name: string
  readonly command: readonly string[]
}

const CHECKS: readonly Check[] = [
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '-b'] },
  { name: 'lint and format', command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
  { name: 'dead code', command: ['node_modules/knip/bin/knip.js'] },
  { name: 'style', command: ['node_modules/vitest/vitest.mjs', 'run', 'test/conformance'] },
]

const passes = ({ name, command: [script = '', ...words] }: Check): boolean => {
  console.log(`── ${name}`)
  return spawnSync(process.execPath, [join(ROOT, script), ...words], { cwd: ROOT, stdio: 'inherit' }).status === 0
}

const failed = CHECKS.filter((check) => !passes(check)).map(({ name }) => name)
console.log(failed.length === 0 ? 'all clean' : `not clean: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
