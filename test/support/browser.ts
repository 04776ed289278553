/**
 * A browser whose tabs and whose whole process can be killed, over a profile on disk that outlives it.
 *
 * Pages stand at one secure origin that exists nowhere else: every request is answered here, with the bundled script. Playwright
 * starts only browsers that it also ends in order, so this one is started as a process and spoken to over its debugging port.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { CHROMIUM, CHROMIUM_ARGUMENTS } from './chromium.ts'
import { until } from './until.ts'

export const ORIGIN = 'https://holdfast.test'

const sessions = new WeakMap<Page, CDPSession>()

export class BrowserProcess {
  readonly #process: ChildProcess
  readonly #browser: Browser
  readonly #script: string

  private constructor(process: ChildProcess, browser: Browser, script: string) {
    this.#process = process
    this.#browser = browser
    this.#script = script
  }

  static async start(profile: string, script: string): Promise<BrowserProcess> {
    const portFile = join(profile, 'DevToolsActivePort')
    rmSync(portFile, { force: true })
    const words = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank']
    const process = spawn(CHROMIUM, [...CHROMIUM_ARGUMENTS, ...words], { stdio: 'ignore' })
    const port = await until('the browser to listen', () =>
      existsSync(portFile) ? readFileSync(portFile, 'utf8').split('\n')[0] : undefined,
    )
    return new BrowserProcess(process, await chromium.connectOverCDP(`http://127.0.0.1:${port}`), script)
  }

  async page(): Promise<Page> {
    const [context] = this.#browser.contexts()
    if (context === undefined) throw new Error('the browser has no profile')
    const page = await context.newPage()
    const html = '<!doctype html><script type="module" src="/page.js"></script>'
    await page.route(`${ORIGIN}/page.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: this.#script }))
    await page.route(`${ORIGIN}/`, (route) => route.fulfill({ contentType: 'text/html', body: html }))
    await page.goto(ORIGIN)
    // Made now, because a page that stands still answers no new session.
    sessions.set(page, await context.newCDPSession(page))
    return page
  }

  /** In order: everything that the browser still means to write is written. */
  async close(): Promise<void> {
    const ended = this.#ended()
    const session = await this.#browser.newBrowserCDPSession()
    await session.send('Browser.close')
    await ended
  }

  /** The process that writes dies where it stands; its tabs go with it. */
  async kill(): Promise<void> {
    const ended = this.#ended()
    this.#process.kill('SIGKILL')
    await ended
  }

  async #ended(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    await new Promise((resolve) => this.#process.once('exit', resolve))
  }
}

/** What the page's script has put on its global object. */
export const call = <T>(page: Page, name: string, ...values: readonly unknown[]): Promise<T> =>
  page.evaluate(([called, given]) => Reflect.get(globalThis, called)(...given), [name, values] as const)

export const devtools = (page: Page): CDPSession => {
  const session = sessions.get(page)
  if (session === undefined) throw new Error('the page is not of this browser')
  return session
}

/** The tab's process dies where it stands, even while its script runs and never ends. */
export const killTab = async (page: Page): Promise<void> => {
  const crashed = page.waitForEvent('crash')
  void devtools(page)
    .send('Page.crash')
    .catch(() => undefined)
  await crashed
  await page.close()
}
