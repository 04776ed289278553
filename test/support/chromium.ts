/** The browser for the tests of the dashboard and of nodes in browsers: Debian's own, installed where that is possible. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export const CHROMIUM = '/usr/bin/chromium'

/** No sandbox, because tests may run as root; no calls home. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const hasChromium = (): boolean => existsSync(CHROMIUM)

export const ensureChromium = (): boolean => {
  if (hasChromium()) return true
  if (process.getuid?.() !== 0) return false
  console.log('installing chromium for the tests that need a browser (once)')
  const aptGet = (...words: readonly string[]): boolean =>
    spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
      .status === 0
  return aptGet('update') && aptGet('install', '-y', '--no-install-recommends', 'chromium') && hasChromium()
}
