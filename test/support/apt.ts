/** Debian's packages, for what tests need and npm does not have. */
import { spawnSync } from 'node:child_process'

/** @returns whether it is installed now; never where this user may not install */
export const aptInstall = (name: string, why: string): boolean => {
  if (process.getuid?.() !== 0) return false
  console.log(`installing ${name} for ${why} (once)`)
  const aptGet = (...words: readonly string[]): boolean =>
    spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
      .status === 0
  return aptGet('update') && aptGet('install', '-y', '--no-install-recommends', name)
}
