import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { append, commit, commitError, put } from '../../testing/store-contract/subject.ts'
import { openAt, withDirectory } from './fixture.ts'

const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url))

interface Told {
  readonly lines: readonly string[]
  readonly errors: string
}

/** Lets a writer run until it has told so many lines, kills it, and returns all that it told. One that ends by itself is no failure. */
const runWriter = (command: string, args: readonly string[], lines: number): Promise<Told> =>
  new Promise((resolve) => {
    const writer = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let told = ''
    let errors = ''
    writer.stderr.on('data', (chunk) => {
      errors += chunk
    })
    writer.stdout.on('data', (chunk) => {
      told += chunk
      if (told.split('\n').length > lines) writer.kill('SIGKILL')
    })
    writer.on('close', () => resolve({ lines: told.split('\n').slice(0, -1), errors }))
  })

/** @returns the number of commits that the file holds, having checked that it holds them whole and without a gap */
const commitsIn = async (path: string): Promise<number> => {
  const store = openAt(path)
  const version = (await store.document('w_1'))?.version ?? 0
  const feed = await store.feed('harbour-a', 0, Number.POSITIVE_INFINITY)
  expect(feed.map((entry) => entry.sequence)).toEqual(Array.from({ length: 2 * version }, (_, n) => n + 1))
  expect(await store.get('tasks', 'last')).toBe(version)
  await store.close()
  return version
}

test('PER-2 S1 S3 a process killed while it commits: every acknowledged commit is there, whole, and the feed has no gap', () =>
  withDirectory(async (directory) => {
    const path = join(directory, 'a.db')
    for (const count of [1, 40, 7, 90]) {
      const { lines, errors } = await runWriter(process.execPath, [WRITER, path, '900'], count)
      expect([lines.length >= count, errors]).toEqual([true, ''])
      const acknowledged = Number(lines.at(-1))
      const found = await commitsIn(path)
      expect(found).toBeGreaterThanOrEqual(acknowledged)
      expect(found).toBeLessThanOrEqual(acknowledged + 1)
    }
  }))

test('PER-2 S6 while a process holds the store, another is refused; once it is gone, the next gets it', () =>
  withDirectory(async (directory) => {
    const path = join(directory, 'a.db')
    const first = openAt(path)
    expect((await runWriter(process.execPath, [WRITER, path], 1)).errors).toContain('store-in-use')
    await first.close()
    expect((await runWriter(process.execPath, [WRITER, path], 1)).lines).not.toHaveLength(0)
  }))

/** A writer whose files may not grow past half a megabyte: the write that would fails inside COMMIT, as on a failing disk. */
const runLimited = (path: string, updateBytes: string, count: number) =>
  runWriter('sh', ['-c', 'ulimit -S -f 1024; exec "$0" "$@"', process.execPath, WRITER, path, updateBytes], count)

describe.skipIf(process.platform === 'win32')('PER-8 S1 a write that fails inside COMMIT', () => {
  test('its outcome is unknown, the store is mended in place, and commits go on', () =>
    withDirectory(async (directory) => {
      const path = join(directory, 'a.db')
      const { lines, errors } = await runLimited(path, '900', 80)
      expect(errors).toBe('')
      const failed = lines.flatMap((line, at) => (line.startsWith('! unknown-outcome') ? [at] : []))
      expect(failed.length).toBeGreaterThan(0)
      expect(lines.filter((line) => line.startsWith('!'))).toHaveLength(failed.length)
      const acknowledged = lines.filter((line) => !line.startsWith('!')).map(Number)
      expect(acknowledged).toEqual(acknowledged.map((_, n) => n + 1))
      expect(acknowledged.length).toBeGreaterThan(failed[0] ?? 0)
      expect(await commitsIn(path)).toBeGreaterThanOrEqual(acknowledged.length)
    }))

  test('when it can not be mended the store is closed, and the next open has all that was acknowledged', () =>
    withDirectory(async (directory) => {
      const path = join(directory, 'a.db')
      const { lines, errors } = await runLimited(path, '20000', 80)
      expect(errors).toContain('store: closed')
      const acknowledged = lines.filter((line) => !line.startsWith('!')).length
      expect(acknowledged).toBeGreaterThan(0)
      expect(await commitsIn(path)).toBeGreaterThanOrEqual(acknowledged)
    }))
})

/** A file system of one megabyte, where one can be mounted. */
const mounted = (directory: string): string | undefined => {
  const point = join(directory, 'small')
  mkdirSync(point)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', point], { stdio: 'ignore' })
    return point
  } catch {
    return undefined
  }
}

test('PER-8 S1 a full disk: nothing changes, reads go on, and so do commits once there is room', (context) =>
  withDirectory(async (directory) => {
    const point = mounted(directory)
    if (point === undefined) {
      console.log('skipped: no file system can be mounted here, so no disk can be filled')
      return context.skip()
    }
    try {
      await fillAndFree(point)
    } finally {
      execFileSync('umount', [point])
    }
  }))

const fillAndFree = async (point: string): Promise<void> => {
  const filler = join(point, 'filler')
  writeFileSync(filler, new Uint8Array(400_000))
  const store = openAt(join(point, 'a.db'))
  let commits = 0
  let error: Awaited<ReturnType<typeof commitError>> | undefined
  while (error === undefined) {
    const result = await store.commit({
      appends: [append('w_1', new Uint8Array(20_000))],
      puts: [put('last', commits + 1)],
      removals: [],
      expected: new Map(),
    })
    if (result.ok) commits += 1
    else error = result.error
  }
  expect(error.code).toBe('disk-full')
  expect((await store.document('w_1'))?.version).toBe(commits)
  expect(await store.get('tasks', 'last')).toBe(commits)
  expect((await commitError(store, { appends: [append('w_1', new Uint8Array(60_000))] })).code).toBe('disk-full')
  rmSync(filler)
  expect(existsSync(filler)).toBe(false)
  await commit(store, { appends: [append('w_1', new Uint8Array(20_000))], expected: [['w_1', commits]] })
  await store.close()
  const reopened = openAt(join(point, 'a.db'))
  expect(await reopened.feedEnd('harbour-a')).toBe(commits + 1)
  await reopened.close()
}
