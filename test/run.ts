/**
 * All tests of the workspace: `npm test`, with vitest's own arguments behind `--`.
 *
 *   browser ─▶ PostgreSQL ─▶ dashboard ─▶ vitest ─▶ the last line: "N passed, N failed, N skipped"
 *
 * What can't be had here (a browser or a PostgreSQL where none can be installed) is said, and the tests that need it are reported as skipped. A run
 * that hangs is ended with all its processes, and has failed.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildDashboard } from './support/build-dashboard.ts'
import { CHROMIUM, ensureChromium } from './support/chromium.ts'
import { ensurePostgres } from './support/postgres.ts'
import { type Totals, totalsOf } from './support/totals.ts'

const ROOT = new URL('..', import.meta.url).pathname
const ARTIFACTS = join(ROOT, 'test/artifacts')
const REPORT = join(ARTIFACTS, 'report.json')
/** Several times what a whole run takes on a slow machine. */
const LIMIT_MS = 30 * 60_000

const runVitest = (given: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
    // A process group of its own: a worker that spins would outlive whoever started it.
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...given], { cwd: ROOT, stdio: 'inherit', detached: true })
    const end = (why: string): void => {
      console.log(why)
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }
    const limit = setTimeout(end, LIMIT_MS, `stopped after ${LIMIT_MS / 60_000} minutes: something hangs`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(`stopped by ${signal}`))
    child.once('exit', (code) => {
      clearTimeout(limit)
      resolve(code ?? 1)
    })
  })

/** Without a report nothing was tested, which is a failure whatever vitest's exit code says. */
const readTotals = (): Totals => {
  try {
    return totalsOf(JSON.parse(readFileSync(REPORT, 'utf8')))
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

mkdirSync(ARTIFACTS, { recursive: true })
rmSync(REPORT, { force: true })
if (!ensureChromium()) console.log(`no browser: ${CHROMIUM} is missing and could not be installed, so the tests that need it are skipped`)
if (!ensurePostgres()) console.log('no PostgreSQL, and none could be installed, so the tests that need a real server are skipped')
buildDashboard(ROOT)
const status = await runVitest(process.argv.slice(2))
const { passed, failed, skipped } = readTotals()
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = status === 0 && failed > 0 ? 1 : status
