/**
 * Runs the cases that stand beside domain rules.
 *
 *   node rules-main.ts test FOLDER [--json]        exit 0: all hold        1: some don't, or a rule is wrong        2: wrong call
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadRules } from './rules.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } })
const [verb, folder] = positionals

const test = (folder: string): void => {
  const { rules, cases, problems } = loadRules(folder)
  const failed = cases.filter(({ passed }) => !passed).length
  if (values.json) console.log(JSON.stringify({ rules: rules.length, cases, problems }))
  else {
    for (const { rule, version, name, passed } of cases) console.log(`${passed ? 'ok    ' : 'FAILED'}  ${rule} ${version}: ${name}`)
    for (const problem of problems) console.log(problem)
    console.log(`${rules.length} rules, ${cases.length} cases, ${failed} failed`)
  }
  process.exitCode = problems.length === 0 ? 0 : 1
}

if (verb !== 'test' || folder === undefined) {
  console.error('usage: rules test FOLDER [--json]')
  process.exitCode = 2
} else if (!existsSync(folder)) {
  console.error(`${folder}: there is no such folder`)
  process.exitCode = 2
} else test(folder)
