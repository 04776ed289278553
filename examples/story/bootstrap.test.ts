/** How signals reach a process behind `bootstrap.mjs`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

const ROOT = new URL('../..', import.meta.url).pathname

const SCRIPT = `
let interrupts = 0
process.on('SIGINT', () => console.log('interrupted ' + ++interrupts))
process.on('SIGTERM', () => {
  console.log('asked to stop after ' + interrupts)
  process.exit(3)
})
setInterval(() => {}, 60_000)
console.log('ready')
`

test('Ctrl-C reaches the process once, SIGTERM is passed on, and its exit code comes back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootstrap-'))
  writeFileSync(join(folder, 'script.mjs'), SCRIPT)
  const command = [join(ROOT, 'bootstrap.mjs'), relative(ROOT, join(folder, 'script.mjs'))]
  // A group of its own, as a terminal gives to what it runs.
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const exited = once(child, 'exit')
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line === 'ready') process.kill(-(child.pid ?? Number.NaN), 'SIGINT')
    if (line === 'interrupted 1') child.kill('SIGTERM')
  }
  expect(lines).toEqual(['ready', 'interrupted 1', 'asked to stop after 1'])
  expect((await exited)[0]).toBe(3)
  rmSync(folder, { recursive: true })
})
