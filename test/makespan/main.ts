/**
 * How long a definition takes, found by running it on the engine in virtual time, and held against what theory promises:
 *
 *   npm run makespan -- DEFINITION.yaml DURATIONS.csv|json [--agents m] [--json]
 *
 *   with as many agents as steps   exactly the critical path
 *   with m agents                  at most (2 − 1/m) · max(longest path, work / m), Graham's bound
 *
 * Ends with 1 if the engine took longer than that, with 2 and every problem named if it was called wrongly.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseDefinition } from '@holdfast/shared/definition'
import { err, ok, type Result } from '@holdfast/shared/values'
import { readDurations } from './durations-table.ts'
import { criticalPathOf, grahamBound, longestPathOf, type TaskGraph, workOf } from './graph.ts'
import { skeletonOf } from './skeleton.ts'
import { runInVirtualTime } from './virtual-run.ts'

const USAGE = 'usage: npm run makespan -- DEFINITION.yaml DURATIONS.csv|json [--agents m] [--json]'
const MOST_AGENTS = 1_000

interface Call {
  readonly graph: TaskGraph
  readonly leftOut: readonly string[]
  readonly agents: number | undefined
  readonly asJson: boolean
}

type Problems = readonly string[]

const readCall = (): Result<Call, Problems> => {
  const options = { agents: { type: 'string' }, json: { type: 'boolean', default: false } } as const
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const [definitionFile, durationsFile, ...more] = positionals
  if (definitionFile === undefined || durationsFile === undefined || more.length > 0) return err([USAGE])
  const agents = values.agents === undefined ? undefined : Number(values.agents)
  if (agents !== undefined && !(Number.isInteger(agents) && agents >= 1 && agents <= MOST_AGENTS)) {
    return err([`--agents ${values.agents}: expected a whole number from 1 to ${MOST_AGENTS}`])
  }
  const compiled = within(definitionFile, (text) => parsed(text, isJson(definitionFile)))
  if (!compiled.ok) return compiled
  const { leftOut, ...skeleton } = skeletonOf(compiled.value)
  if (!isJson(durationsFile) && !durationsFile.endsWith('.csv')) return err([`${durationsFile}: expected a file named .csv or .json`])
  const format = isJson(durationsFile) ? 'json' : 'csv'
  const durationsMs = within(durationsFile, (text) => readDurations(text, format, skeleton.ids, leftOut))
  if (!durationsMs.ok) return durationsMs
  return ok({ graph: { ...skeleton, durationsMs: durationsMs.value }, leftOut, agents, asJson: values.json })
}

const isJson = (file: string): boolean => file.endsWith('.json')

const parsed = (text: string, isJsonText: boolean): Result<Parameters<typeof skeletonOf>[0], Problems> => {
  const compiled = parseDefinition(text, { format: isJsonText ? 'json' : 'yaml' })
  if (compiled.ok) return compiled
  return err(compiled.error.map(({ line, path, message }) => [...(line === undefined ? [] : [`line ${line}`]), path, message].join(': ')))
}

/** What is made of a file's text, its name before every problem. */
const within = <Value>(file: string, read: (text: string) => Result<Value, Problems>): Result<Value, Problems> => {
  try {
    const made = read(readFileSync(file, 'utf8'))
    return made.ok ? made : err(made.error.map((problem) => `${file}: ${problem}`))
  } catch (thrown) {
    return err([`${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`])
  }
}

const called = (): Result<Call, Problems> => {
  try {
    return readCall()
  } catch (thrown) {
    return err([thrown instanceof Error ? thrown.message : String(thrown), USAGE])
  }
}

const answer = async ({ graph, leftOut, agents, asJson }: Call): Promise<boolean> => {
  const { name, ids, links } = graph
  const criticalPathMs = criticalPathOf(graph)
  const unlimitedMs = (await runInVirtualTime(graph)).makespanMs
  const limited = agents === undefined ? undefined : await limitedTo(graph, agents)
  const holds = unlimitedMs === criticalPathMs && (limited === undefined || limited.makespanMs <= limited.boundMs)
  const size = { definition: name, steps: ids.length, links: links.length, leftOut }
  const times = { criticalPathMs, longestPathMs: longestPathOf(graph), workMs: workOf(graph), unlimitedMs }
  if (asJson) console.log(JSON.stringify({ ...size, ...times, ...(limited && { limited }), holds }))
  else for (const line of [...linesOf(graph, leftOut, times), ...(limited === undefined ? [] : [lineOf(limited)])]) console.log(line)
  return holds
}

interface Limited {
  readonly agents: number
  readonly makespanMs: number
  readonly boundMs: number
}

const limitedTo = async (graph: TaskGraph, agents: number): Promise<Limited> => ({
  agents,
  makespanMs: (await runInVirtualTime(graph, agents)).makespanMs,
  boundMs: grahamBound(graph, agents),
})

const linesOf = (
  { name, ids, links }: TaskGraph,
  leftOut: Problems,
  { criticalPathMs, workMs, unlimitedMs }: { readonly criticalPathMs: number; readonly workMs: number; readonly unlimitedMs: number },
): readonly string[] => [
  `${name}: ${ids.length} steps, ${links.length} links`,
  ...(leftOut.length === 0 ? [] : [`left out, for only a failure reaches them: ${leftOut.join(', ')}`]),
  `work              ${workMs} ms`,
  `critical path     ${criticalPathMs} ms`,
  `unlimited agents  ${unlimitedMs} ms: ${unlimitedMs === criticalPathMs ? 'exactly the critical path' : 'NOT the critical path'}`,
]

const lineOf = ({ agents, makespanMs, boundMs }: Limited): string => {
  const share = `${((100 * makespanMs) / boundMs).toFixed(1)} % of Graham's bound, ${Math.round(boundMs)} ms`
  return `${`${agents} agents`.padEnd(18)}${makespanMs} ms: ${boundMs >= makespanMs ? share : `MORE than ${share}`}`
}

const call = called()
if (call.ok) process.exitCode = (await answer(call.value)) ? 0 : 1
else {
  for (const problem of call.error) console.error(problem)
  process.exitCode = 2
}
