/** For a file of tests: a browser with a profile of its own and one script for its pages, gone when the file is done. */
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { BrowserProcess, call, ORIGIN } from '../support/browser.ts'
import { hasChromium } from '../support/chromium.ts'
import { newFolder } from '../support/folder.ts'
import { bundlePage } from '../support/page-bundle.ts'

export class Stage {
  readonly profile = newFolder()
  #script = ''
  #browser: BrowserProcess | undefined

  constructor(entry: URL) {
    beforeAll(async () => {
      if (!hasChromium()) return
      this.#script = await bundlePage(entry)
      await this.start()
    })
    afterAll(async () => {
      await this.#browser?.close()
      rmSync(this.profile, { recursive: true, force: true })
    })
  }

  async start(): Promise<void> {
    this.#browser = await BrowserProcess.start(this.profile, this.#script)
  }

  async stop(how: 'close' | 'kill'): Promise<void> {
    await this.#browser?.[how]()
    this.#browser = undefined
  }

  async page(): Promise<Page> {
    if (this.#browser === undefined) throw new Error('the browser is not running')
    return this.#browser.page()
  }

  /** A page that has the named store open. */
  async open(name: string): Promise<Page> {
    const page = await this.page()
    await call(page, 'open', name)
    return page
  }
}

export interface Content {
  readonly version: number
  readonly last: number
  readonly rows: number
  readonly sequences: readonly number[]
}

/** For each of some reads `ok`, or the place that it names as corrupt. */
export interface Verdicts {
  readonly document: string
  readonly feed: string
  readonly row: string
  readonly timers: string
}

/** What `commits` commits leave, whole and without a gap. */
export const contentAfter = (commits: number): Content => ({
  version: commits,
  last: commits,
  rows: Math.min(commits, 1) * 2,
  sequences: Array.from({ length: 2 * commits }, (_, n) => n + 1),
})

/** For a page that will stand still in the midst of its script: resolves when it does. */
export const standingStill = async (page: Page): Promise<{ readonly reached: Promise<void> }> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route(`${ORIGIN}/still`, () => resolve())
  return { reached: promise }
}
