/** The browser for the tests of the dashboard and of nodes in browsers: Debian's own, installed where that is possible. */
import { existsSync } from 'node:fs'
import { aptInstall } from './apt.ts'

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
  return aptInstall('chromium', 'the tests that need a browser') && hasChromium()
}
