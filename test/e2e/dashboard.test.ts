/** The dashboard in a real browser, served by a real coordinator, over facilities that work. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../support/chromium.ts'
import { ROOT } from '../support/folder.ts'
import { ended, openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'

const ARTIFACTS = join(ROOT, 'test/artifacts')
/** Only what will never come takes longer. */
const PATIENCE_MS = 15_000

describe.skipIf(!hasChromium())('the dashboard', () => {
  let site: Site
  let browser: Browser
  let page: Page
  /** Whatever the page complains of. */
  const complaints: string[] = []
  /** For each stop of a tour that the robot set out for: lets it arrive. */
  const arrivals: (() => void)[] = []

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true })
    site = await openSite(['harbour', 'hillside'])
    const skills = {
      go: () =>
        new Promise<string>((resolve) => {
          arrivals.push(() => resolve('there'))
        }),
      'come-back': () => 'here',
    }
    await site.member('harbour').gateway.hire('robot-1', skills)
    await site.member('hillside').gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' }, { capacity: 4 })
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS })
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
    page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
  })
  afterAll(async () => {
    await browser?.close()
    await site?.stop()
  })

  const picture = (name: string): Promise<unknown> => page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage: true })
  const row = (id: string) => page.getByTestId(`workflow-row-${id}`)

  test('UI-1 GOV-2 without a token it asks for one, and says when it was refused', async () => {
    await page.goto(site.cloud.url)
    await page.getByLabel('Access token').fill('wrong')
    await page.getByRole('button', { name: 'Open the dashboard' }).click()
    await page.getByRole('alert').waitFor()
    await picture('sign-in-refused')
    complaints.length = 0
  })

  test('UI-5 the facilities are there, each with its line and its counts', async () => {
    const done = await site
      .member('hillside')
      .gateway.api.start({ facility: 'hillside', definition: 'errand', key: 'visit-1', input: { n: 1 } })
    await ended(site.cloud, done)
    await page.goto(`${site.cloud.url}/#token=${site.cloud.token}`)
    await page.getByTestId('facility-harbour').getByText('Connected').waitFor()
    await page.getByTestId('facility-hillside').getByText('Connected').waitFor()
    await row(done).getByText('Completed').first().waitFor()
    expect(new URL(page.url()).hash).not.toContain('token')
    await picture('overview-light')
  })

  test('UI-1 API-4 a workflow is seen to move and to finish, without a reload', async () => {
    const id = await site.cloud.start({
      facility: 'harbour',
      definition: 'tour',
      key: 'tour-1',
      title: 'Tour of the yard',
      input: { stops: ['north', 'south'] },
    })
    await page.evaluate(() => Reflect.set(globalThis, 'notReloaded', true))
    await row(id).getByText('Tour of the yard').waitFor()
    for (const [stop, share] of ['0/5', '1/5'].entries()) {
      const arrive = await until('the robot to set out', () => arrivals[stop])
      await row(id).getByText(share, { exact: true }).waitFor()
      arrive()
    }
    await row(id).getByText('3/5', { exact: true }).waitFor()
    await row(id).getByText('waits for the signal “released”').waitFor()
    await picture('overview-moving')
    await site.cloud.ask('POST', `/workflows/${id}/signal`, { name: 'released', id: 's1', payload: null })
    await row(id).getByText('Completed').first().waitFor()
    await row(id).getByText('5/5', { exact: true }).waitFor()
    expect(await page.evaluate(() => Reflect.get(globalThis, 'notReloaded'))).toBe(true)
  })

  test('UI-1 OBS-2 its detail shows the graph, the sentence and the history, live', async () => {
    const id = await site.cloud.start({
      facility: 'harbour',
      definition: 'tour',
      key: 'tour-2',
      title: 'Second tour',
      input: { stops: ['east'] },
    })
    const arrive = await until('the robot to set out', () => arrivals[2])
    await row(id).click()
    const detail = page.getByTestId('workflow-detail')
    await detail.getByRole('heading', { name: 'Second tour' }).waitFor()
    await page.getByTestId('workflow-explain').getByText('robot-1 is working on').waitFor()
    for (const step of ['stops', 'released', 'report']) await page.getByTestId(`step-${step}`).first().waitFor()
    expect(await page.getByTestId('history-list').getByRole('listitem').count()).toBeGreaterThan(3)
    await picture('detail-moving')
    arrive()
    await page.getByTestId('workflow-explain').getByText('waits for the signal “released”').waitFor()
    await page.getByTestId('step-stops').first().click()
    await picture('detail-step')
    await page.getByRole('button', { name: 'Cancel…' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('the yard is closed')
    await picture('detail-cancel')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /cancel/i })
      .last()
      .click()
    await page.getByTestId('workflow-status').getByText('Cancelled').waitFor()
    await page.getByTestId('history-list').getByText('the yard is closed').first().waitFor()
    await page.keyboard.press('Escape')
    await picture('detail-cancelled')
  })

  test('UI-1 the list narrows by facility, words and standing', async () => {
    await page.getByRole('link', { name: 'All workflows' }).click()
    const rows = page.locator('[data-testid^="workflow-row-"]')
    const shows = (number: number): Promise<unknown> =>
      page.waitForFunction((n) => document.querySelectorAll('[data-testid^="workflow-row-"]').length === n, number)
    await shows(3)
    await page.getByLabel('Find').fill('second')
    await shows(1)
    await rows.first().getByText('Second tour').waitFor()
    await page.getByLabel('Find').fill('')
    await page.getByTestId('facility-hillside').click()
    await shows(1)
    await page.getByTestId('facility-hillside').click()
    await shows(3)
    await page.getByRole('navigation', { name: 'By standing' }).getByRole('link', { name: /Ended/ }).click()
    await shows(3)
    await page
      .getByRole('navigation', { name: 'By standing' })
      .getByRole('link', { name: /Failed/ })
      .click()
    await shows(0)
    await picture('list-empty')
    await page.getByRole('navigation', { name: 'By standing' }).getByRole('link', { name: /All/ }).click()
    await shows(3)
  })

  test('UI-5 SYN-1 a cut is shown while it lasts, and what happened meanwhile when it is over', async () => {
    const { gateway, proxy } = site.member('hillside')
    proxy.set('cut')
    const card = page.getByTestId('facility-hillside')
    await card.getByText('Cut off').waitFor()
    const id = await gateway.api.start({
      facility: 'hillside',
      definition: 'errand',
      key: 'in-the-dark',
      title: 'In the dark',
      input: { n: 2 },
    })
    await ended(gateway.api, id)
    await picture('overview-cut')
    expect(await row(id).count()).toBe(0)
    proxy.set('open')
    await card.getByText('Connected').waitFor()
    await row(id).getByText('Completed').first().waitFor()
  })

  test('UI-7 dark, and on a phone', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await picture('overview-dark')
    await page.setViewportSize({ width: 390, height: 800 })
    await picture('overview-phone')
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(overflow).toBe(0)
    expect(complaints).toEqual([])
  })
})
