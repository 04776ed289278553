/** The dashboard as the coordinator serves it: built when it never was, or when a source is newer than what was built. */
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json']

export const buildDashboard = (root: string): void => {
  const folder = join(root, 'cloud/dashboard')
  const builtAt = changedAt(join(folder, 'dist/index.html'))
  if (builtAt > Math.max(...SOURCES.map((source) => changedAt(join(folder, source))))) return
  console.log('building the dashboard')
  const vite = join(folder, 'node_modules/vite/bin/vite.js')
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) throw new Error('the dashboard could not be built')
}

/** Of the newest file at or below a path; 0 when there is nothing. */
const changedAt = (path: string): number => {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return 0
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => changedAt(join(path, name))))
}
