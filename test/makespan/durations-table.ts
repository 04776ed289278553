/**
 * A table of durations: CSV with a step and a duration in each line (a first line that says `step,duration` is a heading), or a JSON
 * object with a member for each step. A duration is a number of milliseconds or a text such as 30s. All that is wrong is told at once.
 */
import { MAX_DURATION_MS, toMs } from '@holdfast/shared/definition'
import { err, ok, type Result } from '@holdfast/shared/values'

interface Row {
  /** Where it stands, for messages. */
  readonly at: string
  readonly step: string
  readonly duration: unknown
}

/** @returns milliseconds in the order of the steps, or what is wrong, a sentence each */
export const readDurations = (
  text: string,
  format: 'csv' | 'json',
  steps: readonly string[],
  leftOut: readonly string[],
): Result<readonly number[], readonly string[]> => {
  const rows = format === 'json' ? rowsOfJson(text) : ok(rowsOfCsv(text))
  if (!rows.ok) return rows
  const known = new Set([...steps, ...leftOut])
  const found = new Map<string, number>()
  const problems: string[] = []
  for (const row of rows.value) {
    const problem = problemOf(row, known, found)
    if (problem === undefined) found.set(row.step, msOf(row.duration))
    else problems.push(`${row.at}: ${problem}`)
  }
  const missing = steps.filter((step) => !found.has(step) && !rows.value.some((row) => row.step === step))
  if (missing.length > 0) problems.push(`no duration for ${listOf(missing)}`)
  return problems.length > 0 ? err(problems) : ok(steps.map((step) => found.get(step) ?? 0))
}

const MOST_NAMED = 10

const listOf = (names: readonly string[]): string =>
  names.length <= MOST_NAMED ? names.join(', ') : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`

const problemOf = ({ step, duration }: Row, known: ReadonlySet<string>, found: ReadonlyMap<string, number>): string | undefined => {
  if (!known.has(step)) return `the definition has no step "${step}"`
  if (found.has(step)) return `"${step}" has a duration already`
  const ms = msOf(duration)
  if (Number.isInteger(ms) && ms >= 0 && ms <= MAX_DURATION_MS) return undefined
  return `${JSON.stringify(duration)} is no duration: expected whole milliseconds, or a text like 500ms, 30s, 5m, 2h`
}

const msOf = (duration: unknown): number => {
  if (typeof duration !== 'string') return typeof duration === 'number' ? duration : Number.NaN
  return /^\d+$/.test(duration) ? Number(duration) : toMs(duration)
}

const rowsOfJson = (text: string): Result<readonly Row[], readonly string[]> => {
  try {
    const table: unknown = JSON.parse(text)
    if (typeof table !== 'object' || table === null || Array.isArray(table))
      return err(['expected a JSON object with a member for each step'])
    return ok(Object.entries(table).map(([step, duration]) => ({ at: step, step, duration })))
  } catch (thrown) {
    return err([`not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`])
  }
}

const rowsOfCsv = (text: string): readonly Row[] =>
  text.split(/\r?\n/).flatMap((line, index): Row[] => {
    const [step = '', ...rest] = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
    if (line.trim() === '' || (index === 0 && step.toLowerCase() === 'step')) return []
    return [{ at: `line ${index + 1}`, step, duration: rest.join(',') }]
  })
