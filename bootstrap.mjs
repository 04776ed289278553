// The one file that any machine's Node (20 or newer) runs: it installs what is missing, then hands over to the pinned Node.
//
//   node bootstrap.mjs <script.ts> [arguments…]
//
// The installation is skipped when the lock file is the one that was installed last, so a second start costs milliseconds.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// After the installation, which happens once: what is measured from here is a start.
let startedAt = Date.now()
const root = dirname(fileURLToPath(import.meta.url))
const PNPM = 'pnpm@12.21.0'
const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
const stamp = join(root, 'node_modules', '.holdfast-installed')
const pinnedNode = join(root, 'node_modules', '.bin', 'node')

const installed = existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock
if (!installed) {
  console.error('holdfast: installing dependencies (once)')
  const { status } = spawnSync('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    // Installation talk goes to standard error, so that `--json` output stays clean.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, CI: 'true', npm_config_loglevel: 'error' },
  })
  if (status !== 0) {
    console.error('holdfast: the installation failed; its last lines are above. Nothing was started.')
    process.exit(status ?? 1)
  }
  writeFileSync(stamp, lock)
  startedAt = Date.now()
}

const [script, ...rest] = process.argv.slice(2)
const child = spawn(pinnedNode, ['--disable-warning=ExperimentalWarning', join(root, script), ...rest], {
  stdio: 'inherit',
  cwd: root,
  env: { ...process.env, HOLDFAST_STARTED_AT: String(startedAt) },
})
// A terminal gives Ctrl-C to the whole group, so the child has it already: passed on, it would count twice. It is waited for.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
