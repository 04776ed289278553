/** The contracts of the browser's ports in a real browser: each case runs in a page, and is a test here under its own name. */
import { afterAll, describe, expect, test } from 'vitest'
import { BrowserProcess, call } from '../support/browser.ts'
import { hasChromium } from '../support/chromium.ts'
import { newFolder } from '../support/folder.ts'
import { bundlePage } from '../support/page-bundle.ts'

const openContract = async () => {
  const browser = await BrowserProcess.start(newFolder(), await bundlePage(new URL('page/contracts.ts', import.meta.url)))
  const page = await browser.page()
  return { browser, page, names: await call<readonly string[]>(page, 'caseNames') }
}

const contract = hasChromium() ? await openContract() : undefined
afterAll(() => contract?.browser.close())

describe.skipIf(contract === undefined)('PER-6 in Chromium', () => {
  test('the page has the cases of the contract', () => expect(contract?.names.length).toBeGreaterThan(20))

  for (const name of contract?.names ?? []) test(name, () => contract && call(contract.page, 'runCase', name))
})
