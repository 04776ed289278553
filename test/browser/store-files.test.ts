/** Bytes that changed in the files that the browser keeps a store in. It has checksums of its own, but none over large values. */
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { call } from '../support/browser.ts'
import { hasChromium } from '../support/chromium.ts'
import { Stage, type Verdicts } from './stage.ts'

const flip = (path: string): void => {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
  writeFileSync(path, bytes)
}

describe.skipIf(!hasChromium())('PER-8 S5 the files of a store in Chromium', () => {
  const stage = new Stage(new URL('page/store.ts', import.meta.url))

  const filesOf = (part: string): readonly string[] => {
    const folder = join(stage.profile, 'Default/IndexedDB')
    if (!existsSync(folder)) return []
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    return names
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => path.includes(part))
  }

  /** Two commits with updates of that size, the browser ended in order, its files changed, and started again. */
  const damaged = async (name: string, updateBytes: number, damage: () => void): Promise<string> => {
    const page = await stage.open(name)
    for (const number of [1, 2]) expect(await call(page, 'commit', updateBytes)).toBe(number)
    const generation = await call<string>(page, 'generation')
    await call(page, 'close')
    await stage.stop('close')
    damage()
    await stage.start()
    return generation
  }

  test.each<[string, (path: string) => void]>([
    ['flipped', flip],
    ['cut short', (path) => truncateSync(path, 1_000)],
    ['gone', rmSync],
  ])('a large update whose file is %s', async (name, damage) => {
    const known = filesOf('.blob')
    await damaged(name, 200_000, () => {
      const added = filesOf('.blob').filter((file) => !known.includes(file))
      expect(added).toHaveLength(4)
      for (const file of added) damage(file)
    })
    const page = await stage.open(name)
    const { document, feed, row } = await call<Verdicts>(page, 'verdicts')
    expect([document, feed, row]).toEqual([expect.stringMatching('w_1'), expect.stringMatching('harbour-a'), 'ok'])
    await page.close()
  })

  test('PER-8 S4 the log of the database: the browser throws all away without a word, and the open says so', async () => {
    const generation = await damaged('log', 100, () => {
      const logs = filesOf('.leveldb/').filter((file) => file.endsWith('.log'))
      expect(logs.length).toBeGreaterThan(0)
      logs.forEach(flip)
    })
    const page = await stage.page()
    await expect(call(page, 'open', 'log')).rejects.toThrow('store: corrupt')
    expect(await call(page, 'open', 'log', true)).not.toBe(generation)
    await page.close()
  })
})
